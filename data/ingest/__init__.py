"""Survey files taken in: any tool's export read, recognised and mapped, with every decision said and open to change.

    from data.ingest import aliases, commit, draft, ledger, mappings, rejects, survey

    found = survey.look(store, file, "march.csv", choices)      # file: Path or bytes; choices: {Decision.about: value}
    found.decisions, found.unsure, found.saved                  # what was decided and why; a saved mapping it used
    found.header, found.sample, found.mapping                   # its columns and first rows; what is mapped on what
    made = draft.draft(store, found, progress)                  # the dry run: reads all of it, saves nothing
    made.counts                                                 # ledger.Counts: rows and scores, all accounted for
    made.first_rows(), made.named(), made.alike(), made.before  # as stored; clients; likely doubles; the same file
    made.changes(many)                                          # changed answers: whose, when, question, before, after
    made.survey.unsure                                          # what only the whole file shows: dates in two orders
    rejects.first(made), rejects.text(made, reason)             # what was not taken; as a file to correct
    store.Store(home, beside=(made.part,))                      # everything as it would be (metrics.effect uses it)
    receipt = commit.commit_upload(made, by, progress)          # .upload is None when nothing was new
    made.close()                                                # or forget it: nothing stays behind
    mappings.save(home, name, found.fingerprint, found.kept())  # found again by the same columns; .everything, .forget
    ledger.everything(ledger.of(home)).uploads                  # the history: who, when, file, hash, counts, states
    ledger.undo_upload(home, id, reason, by), ledger.redo_upload(home, id)
    aliases.waiting(store)                                      # names nobody knows, with candidates
    aliases.decide(store, said, client_id), aliases.take_back(home, said), aliases.decided(home)

Choices beside the decisions' own names: "survey" (what the survey is called) and "constant:COLUMN" (what stands in
every row: client, answered_at, stage, channel, respondent_role, language). `progress(share, doing)` is called often.
What cannot be done raises decisions.UploadError, written.NotSaved or another StrataError: nothing was saved then.
A commit refuses while `made.survey.unsure` holds anything, which begins as `found.unsure`. An answer changes when a
file has its id with other cells: a long id of the tool; a short one beside the client and when it was begun or given;
without one the client, instant and question. See docs/decisions/uploads.md. A Draft belongs to one session; threads
share none.
"""
