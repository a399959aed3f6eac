"""The command line: the same upload, without the dashboard; its words and its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from uploads import answer, company, text, told

from data.ingest import ledger
from data.ingest.__main__ import DONE, REFUSED, UNDECIDED, main
from data.store import Store

CHOSEN = ["--choose", "tool=other", "--choose", "score:NPS (0-10)=nps"]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return company(tmp_path)


def written(folder: Path, file: bytes, name: str = "june.csv") -> str:
    path = folder / name
    path.write_bytes(file)
    return str(path)


def run(store: Store, *asked: str) -> int:
    return main([*asked, "--data", str(store.home)])


def test_a_file_is_taken_in_with_progress_and_a_receipt(store: Store, tmp_path: Path, capsys) -> None:
    """Every decision with its reason, every row and score counted, and the id by which it can be undone."""
    code = run(store, written(tmp_path, text(answer(1), answer(2, score=11), answer(3, client="Akme Stel"))), *CHOSEN)
    out, err = capsys.readouterr()
    (one,) = ledger.everything(ledger.of(store.home)).uploads

    assert code == DONE
    assert "  score:NPS (0-10): nps (chosen by hand)\n" in out
    assert "  rows    3 in = 3 taken + 0 rejected\n" in out
    assert "  scores  3 given = 2 new + 0 changed + 0 there already + 1 rejected\n" in out
    assert "  stored  2 answers, 1 of them until their client is known\n" in out
    assert '  client "Akme Stel" is unknown (answers: 1); perhaps a Acme Steel Ltd 0.' in out
    assert '  row 3, score: "11" off the scale of its instrument' in out
    assert f"  taken in as {one.upload_id}: 2 answers\n" in out
    assert "100%  june.csv: done\n" in err
    assert told(store) == [("a", 9), ("a", 9)]


def test_a_dry_run_saves_nothing(store: Store, tmp_path: Path, capsys) -> None:
    """It says the same and ends there."""
    assert run(store, written(tmp_path, text(answer(1))), "--dry-run", *CHOSEN) == DONE
    assert "a dry run: nothing was saved" in capsys.readouterr().out
    assert told(store) == [("a", 9)]


def test_what_a_person_has_to_decide_stops_it(store: Store, tmp_path: Path, capsys) -> None:
    """Its own exit code, and for each open question the option that answers it."""
    assert run(store, written(tmp_path, text(answer(1))), "--choose", "score:NPS (0-10)=nps") == UNDECIDED
    out = capsys.readouterr().out
    assert "  ? tool: other (no tool that is known here exports such columns)\n" in out
    assert '  --choose "tool=..."   one of "qualtrics",' in out
    assert told(store) == [("a", 9)]


def test_what_only_the_whole_file_shows_stops_it_too(store: Store, tmp_path: Path, capsys) -> None:
    """Days first in the first rows and months first in the last: read, then asked about, and not taken in."""
    rows = [*(answer(n, day="13/05/2026") for n in range(1100)), answer(2000, day="05/13/2026")]
    assert run(store, written(tmp_path, text(*rows)), *CHOSEN) == UNDECIDED
    out = capsys.readouterr().out
    assert "  ? dates: dmy (some dates have the day first and some the month: 13/05/2026 10:00:00, 05/13/2026" in out
    assert '--choose "dates=..."   one of "dmy", "mdy"' in out
    assert told(store) == [("a", 9)]


def test_several_files_are_several_uploads_and_the_worst_decides_the_code(store: Store, tmp_path: Path, capsys) -> None:
    """The good one is taken in although another is empty, and one is not there at all."""
    good = written(tmp_path, text(answer(1)))
    code = run(store, written(tmp_path, b"", "empty.csv"), str(tmp_path / "nowhere.csv"), str(tmp_path), good, *CHOSEN)
    err = capsys.readouterr().err

    assert code == REFUSED
    assert "empty.csv: found an empty file" in err
    assert "nowhere.csv: found no such file" in err
    assert f"{tmp_path}: found Is a directory" in err
    assert told(store) == [("a", 9), ("a", 9)]
    assert run(store, good, *CHOSEN) == DONE
    assert "nothing new: every answer was there already" in capsys.readouterr().out


def test_a_mapping_is_saved_and_used(store: Store, tmp_path: Path, capsys) -> None:
    """Saved with the first file; the next of its kind needs no option, and may name it; an unknown one is said."""
    run(store, written(tmp_path, text(answer(1))), *CHOSEN, "--save-map", "Monthly")
    assert run(store, written(tmp_path, text(answer(2)), "july.csv")) == DONE
    assert 'july.csv: by the mapping "Monthly"' in capsys.readouterr().out
    assert run(store, written(tmp_path, text(answer(3)), "august.csv"), "--map", "monthly") == DONE
    assert run(store, written(tmp_path, text(answer(4)), "x.csv"), "--map", "Weekly") == REFUSED
    assert 'none called "Weekly", allowed Monthly' in capsys.readouterr().err
    assert len(told(store)) == 4


def test_rejected_rows_are_written_to_be_corrected(store: Store, tmp_path: Path, capsys) -> None:
    """A file beside the others, which can be corrected and taken in by the same command."""
    file = written(tmp_path, text(answer(1), answer(2, score=11)))
    assert run(store, file, *CHOSEN, "--rejects", str(tmp_path / "out")) == DONE
    made = tmp_path / "out" / "june.rejected.csv"
    assert f"rows to be corrected: 1, in {made}" in capsys.readouterr().out
    corrected = written(tmp_path, made.read_bytes().replace(b",11,", b",1,"), "corrected.csv")
    assert run(store, corrected, *CHOSEN) == DONE
    assert told(store) == [("a", 1), ("a", 9), ("a", 9)]


def test_the_history_is_listed_undone_and_brought_back(store: Store, tmp_path: Path, capsys) -> None:
    """By the beginning of the id; undoing needs a reason, and says what else leans on it."""
    assert run(store, "--history") == DONE
    assert "nothing was taken in yet" in capsys.readouterr().out
    run(store, written(tmp_path, text(answer(1), answer(2))), *CHOSEN, "--by", "vera")
    run(store, written(tmp_path, text(answer(2), answer(3)), "july.csv"), *CHOSEN)
    first = ledger.everything(ledger.of(store.home)).uploads[0].upload_id
    capsys.readouterr()

    assert run(store, "--undo", first[:8]) == REFUSED
    assert "allowed 1 to 200 characters" in capsys.readouterr().err
    assert run(store, "--undo", first[:8], "--reason", "wrong month", "--history") == DONE
    out = capsys.readouterr().out
    assert "1 of its answers stand in july.csv too: they go on counting" in out
    assert "vera  june.csv  2 new, 0 changed, 0 there already, 0 rejected  undone by local on" in out
    assert len(told(store)) == 3
    assert run(store, "--redo", first) == DONE
    assert len(told(store)) == 4


def test_a_name_is_given_its_client(store: Store, tmp_path: Path, capsys) -> None:
    """Listed with whom it may be, decided, and taken back."""
    run(store, written(tmp_path, text(answer(1, client="Akme Stel"))), *CHOSEN)
    capsys.readouterr()
    assert run(store, "--waiting") == DONE
    assert '"Akme Stel": answers waiting: 1; perhaps a Acme Steel Ltd 0.' in capsys.readouterr().out
    assert run(store, "--client", "Akme Stel=b", "--waiting") == DONE
    assert '"Akme Stel" is b\nno answer waits' in capsys.readouterr().out
    assert told(store) == [("a", 9), ("b", 9)]
    assert run(store, "--client", "Akme Stel=") == DONE
    assert run(store, "--client", "Akme Stel=nobody") == REFUSED
    assert run(store, "--client", "Akme Stel") == REFUSED
    assert told(store) == [("a", 9)]


def test_a_folder_without_a_lake_is_said(tmp_path: Path, capsys) -> None:
    """Nothing to match clients with: what to do comes first."""
    assert main([written(tmp_path, text(answer(1))), "--data", str(tmp_path / "none")]) == REFUSED
    assert "python -m data.build" in capsys.readouterr().err


def test_something_has_to_be_asked_for(capsys) -> None:
    """Without a file or an option: how to use it, and exit code 2."""
    with pytest.raises(SystemExit) as left:
        main([])
    assert left.value.code == 2
    assert "name a file, or --history" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("unfinishd=leave out", "unfinished"),
        ("score:NPS=nps", "score:NPS (0-10)"),
        ("comment:NPS (0-11)=Why?", "comment:NPS (0-10)"),
    ],
)
def test_a_choice_about_nothing_is_refused(store: Store, tmp_path: Path, capsys, said: str, meant: str) -> None:
    """A misspelt name would do nothing: it is refused with the one that was probably meant, and nothing is saved."""
    assert run(store, written(tmp_path, text(answer(1))), *CHOSEN, "--choose", said) == REFUSED
    assert f"(did you mean {meant}?)" in capsys.readouterr().err
    assert told(store) == [("a", 9)]


def test_a_choice_that_this_file_does_not_need_is_fine(store: Store, tmp_path: Path) -> None:
    """One command may be for several files, of which only some have surveys that were not finished."""
    assert run(store, written(tmp_path, text(answer(1))), *CHOSEN, "--choose", "unfinished=leave out") == DONE


def test_a_file_of_which_nothing_can_be_taken_is_not_called_known(store: Store, tmp_path: Path, capsys) -> None:
    """A spreadsheet shortened its client: something has to be put right, and the exit code says so."""
    assert run(store, written(tmp_path, text(answer(1, client="7.7012E+11"))), *CHOSEN) == REFUSED
    out = capsys.readouterr().out
    assert "not one score of this file can be taken" in out
    assert "there already\n" not in out.replace("+ 0 there already", "")


def test_a_header_without_answers_is_said_to_be_one(store: Store, tmp_path: Path, capsys) -> None:
    """Nothing is asked about it; a row below it that cannot be read is no empty file."""
    assert run(store, written(tmp_path, text()), *CHOSEN) == REFUSED
    assert "found only a header, no answers" in capsys.readouterr().err
    run(store, written(tmp_path, text() + b"too,short\n"), *CHOSEN)
    assert "only a header" not in capsys.readouterr().err
