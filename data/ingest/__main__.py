"""Take survey files in: python -m data.ingest FILE... [--map NAME] [--dry-run] [--choose ABOUT=VALUE]...

Exit codes: 0 all taken in, or nothing to do; 1 something has to be put right; 3 a person has to decide something.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from data import lake
from data.database import LOCAL
from data.errors import StrataError
from data.ingest import aliases, choosing, commit, draft, ledger, mappings, rejects, survey
from data.ingest.draft import Draft
from data.ingest.ledger import Counts, Upload
from data.ingest.survey import Survey
from data.store import Store

OF_WHOLE = ("dates_mixed",)  # what may be seen only after all of a file was read
DONE, REFUSED, UNDECIDED, STOPPED = 0, 1, 3, 130


def _arguments() -> argparse.ArgumentParser:
    asked = argparse.ArgumentParser(
        prog="python -m data.ingest", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asked.add_argument("files", nargs="*", type=Path, metavar="FILE", help="exports of a survey tool: CSV, TSV or XLSX")
    asked.add_argument("--data", type=Path, help="the data folder (default: STRATA_DATA, else data/files)")
    asked.add_argument("--map", metavar="NAME", help="read by the mapping saved under this name")
    asked.add_argument("--choose", action="append", default=[], metavar="ABOUT=VALUE", help="decide something yourself")
    asked.add_argument("--dry-run", action="store_true", help="say what would be taken in, and save nothing")
    asked.add_argument("--save-map", metavar="NAME", help="keep what was decided for the next file of this kind")
    asked.add_argument("--rejects", type=Path, metavar="DIR", help="write rejected rows here, ready to be corrected")
    asked.add_argument("--by", default=LOCAL, metavar="WHO", help="who takes it in")
    asked.add_argument("--history", action="store_true", help="list what was taken in")
    asked.add_argument("--undo", metavar="ID", help="let the answers of an upload count no more; needs --reason")
    asked.add_argument("--redo", metavar="ID", help="let them count again")
    asked.add_argument("--reason", default="", metavar="TEXT", help="why it is undone or brought back")
    asked.add_argument("--waiting", action="store_true", help="list the names that answers wait for")
    asked.add_argument(
        "--client", action="append", default=[], metavar="NAME=ID", help="say which client a name means; NAME= forgets"
    )
    return asked


def _bar(file: str) -> Callable[[float, str], None]:
    """Progress on one line of a terminal, or a line per tenth elsewhere."""
    said = [-1]

    def progress(share: float, doing: str) -> None:
        if sys.stderr.isatty():
            filled = round(30 * share)
            end = "\n" if share >= 1 else ""
            sys.stderr.write(f"\r[{'#' * filled}{'.' * (30 - filled)}] {share:4.0%}  {doing:<50.50}{end}")
        elif int(10 * share) > said[0]:
            said[0] = int(10 * share)
            sys.stderr.write(f"{share:4.0%}  {file}: {doing}\n")
        sys.stderr.flush()

    return progress


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _pair(said: str, option: str) -> tuple[str, str]:
    about, sign, value = said.rpartition("=")
    if not sign:
        raise StrataError(
            "option", place=option, found=f'"{said}"', allowed="two parts with = between them", do="Correct it",
            state="nothing was saved",
        )  # fmt: skip
    return about, value


def _decisions(found: Survey) -> None:
    _say(f"{found.name}:" + (f' by the mapping "{found.saved.name}"' if found.saved else ""))
    for one in found.decisions:
        _say(f"  {'' if one.sure else '? '}{one}")


def _undecided(found: Survey) -> None:
    _say("nothing was saved: a person has to decide", *(f"  ? {one}" for one in found.unsure if one.why in OF_WHOLE))
    for one in found.unsure:
        offered = ", ".join(f'"{other}"' for other in one.others) or "see --help"
        _say(f'  --choose "{one.about}=..."   one of {offered}')


def counted(counts: Counts) -> list[str]:
    """What became of a file, in words: every row and every score."""
    waiting = f", {counts.awaiting:,} of them until their client is known" if counts.awaiting else ""
    return [
        f"  rows    {counts.rows_in:,} in = {counts.rows_taken:,} taken + {counts.rows_rejected:,} rejected",
        f"  scores  {counts.given:,} given = {counts.added:,} new + {counts.changed:,} changed + "
        f"{counts.duplicate:,} there already + {counts.rejected:,} rejected",
        f"  stored  {counts.stored:,} answers{waiting}",
    ]


def _about(made: Draft) -> None:
    _say(*counted(made.counts))
    for one in made.before:
        _say(f"  the very same file was taken in on {one.uploaded_at:%Y-%m-%d %H:%M} UTC as {one.upload_id}"
             + ("" if one.is_live else ", and undone: --redo brings it back"))  # fmt: skip
    if same := made.alike():
        _say(f"  beware: {same:,} look like answers that count already under other ids "
             "(the same client, instant and score)")  # fmt: skip
    for name in made.named(20):
        if name.client_id is not None:
            _say(
                f'  client "{name.said}" is {name.client_id} by {name.how}, {name.score:.2f} ({name.answers:,} answers)'
            )
            continue
        meant = "; ".join(f"{one.client_id} {one.name} {one.score:.2f}" for one in name.candidates)
        _say(f'  client "{name.said}" is unknown (answers: {name.answers:,}){f"; perhaps {meant}" if meant else ""}')
    found = rejects.first(made, 20)
    for row, column, value, reason in zip(*(found[name] for name in found.columns), strict=True):
        _say(f'  row {row}{f", {column}" if column else ""}: "{value[:60]}" {reason}')


def _take(store: Store, path: Path, said: argparse.Namespace) -> int:
    """One file. Gives the exit code."""
    choices = dict(_pair(one, "--choose") for one in said.choose)
    found = survey.look(store, path, path.name, choices, said.map)
    choosing.checked(found, choices)
    _decisions(found)
    if found.unsure:
        _undecided(found)
        return UNDECIDED
    made = draft.draft(store, found, _bar(path.name))
    try:
        _about(made)
        if said.rejects and (made.counts.rejected or made.counts.rows_rejected):
            said.rejects.mkdir(parents=True, exist_ok=True)
            target = said.rejects / f"{path.stem}.rejected.csv"
            with target.open("w", encoding="utf-8-sig", newline="") as file:
                _say(f"  rows to be corrected: {rejects.write(made, file):,}, in {target}")
        if said.save_map:
            kept = mappings.save(store.home, said.save_map, found.fingerprint, found.kept(), said.by)
            _say(f'  the mapping is saved as "{kept.name}"')
        if made.survey.unsure:
            _undecided(made.survey)
            return UNDECIDED
        if said.dry_run:
            _say("  a dry run: nothing was saved")
            return DONE
        receipt = commit.commit_upload(made, said.by, _bar(path.name))
    finally:
        made.close()
    if receipt.upload is not None:
        _say(f"  taken in as {receipt.upload.upload_id}: {receipt.counts.stored:,} answers")
    elif not receipt.counts.rejected and not receipt.counts.rows_rejected:
        _say("  nothing new: every answer was there already")
    elif receipt.counts.duplicate:
        _say("  nothing new: every answer that can be taken was there already")
    else:
        _say("  nothing was saved: not one score of this file can be taken")
        return REFUSED
    return DONE


def _told(one: Upload) -> str:
    last = one.states[-1]
    undone = f"undone by {last.changed_by} on {last.changed_at:%Y-%m-%d %H:%M}: {last.reason}"
    return (
        f"{one.upload_id}  {one.uploaded_at:%Y-%m-%d %H:%M}  {one.uploaded_by}  {one.file_name}  "
        f"{one.counts.added:,} new, {one.counts.changed:,} changed, {one.counts.duplicate:,} there already, "
        f"{one.counts.rejected:,} rejected  {'counts' if one.is_live else undone}"
    )


def _history(home: Path) -> None:
    uploads = ledger.everything(ledger.of(home)).uploads
    _say(*(_told(one) for one in reversed(uploads)) if uploads else ("nothing was taken in yet",))


def _waiting(store: Store) -> None:
    found = aliases.waiting(store)
    for one in found:
        meant = "; ".join(f"{other.client_id} {other.name} {other.score:.2f}" for other in one.candidates)
        _say(f'"{one.said}": answers waiting: {one.answers:,}{f"; perhaps {meant}" if meant else ""}')
    if not found:
        _say("no answer waits for its client")


def run(said: argparse.Namespace) -> int:
    """What was asked for. Raises: StrataError."""
    home = (said.data or lake.place()).resolve()
    if said.undo:
        one = ledger.undo_upload(home, said.undo, said.reason, said.by)
        leaning = [other for other in ledger.everything(ledger.of(home)).live if one.upload_id in other.leans]
        _say(f"{one.file_name} counts no more ({one.upload_id})")
        for other in leaning:
            _say(f"  {other.leans[one.upload_id]:,} of its answers stand in {other.file_name} too: they go on counting")
    if said.redo:
        one = ledger.redo_upload(home, said.redo, said.reason, said.by)
        _say(f"{one.file_name} counts again ({one.upload_id})")
    store = Store(home)
    for pair in said.client:
        name, client = _pair(pair, "--client")
        alias = aliases.decide(store, name, client, said.by) if client else aliases.take_back(home, name, said.by)
        _say(f'"{alias.said}" is {alias.client_id}' if client else f'"{alias.said}" is nobody again')
    worst = DONE
    for path in said.files:
        try:
            worst = max(worst, _take(store, path, said))
        except OSError as problem:
            found = "no such file" if isinstance(problem, FileNotFoundError) else problem.strerror
            words = f"found {found}, allowed a file that can be read. Name another; nothing of it was saved"
            sys.stderr.write(f"\n{path}: {words}.\n")
            worst = max(worst, REFUSED)
        except StrataError as problem:
            sys.stderr.write(f"\n{problem}\n")
            worst = max(worst, REFUSED)
    if said.history:
        _history(home)
    if said.waiting:
        _waiting(store)
    return worst


def main(arguments: list[str] | None = None) -> int:
    """The command. One message when something has to be put right."""
    asked = _arguments()
    said = asked.parse_args(arguments)
    if not (said.files or said.history or said.undo or said.redo or said.waiting or said.client):
        asked.error("name a file, or --history, --undo, --redo, --waiting or --client")
    try:
        return run(said)
    except StrataError as problem:
        sys.stderr.write(f"\n{problem}\n")
        return REFUSED
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; what was not confirmed was not saved\n")
        return STOPPED


if __name__ == "__main__":
    sys.exit(main())
