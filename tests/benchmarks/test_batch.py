"""The benchmark of batches in small."""

import json

from benchmarks.batch import main


def test_what_it_takes_to_hand_a_row_out_is_told_by_who_does_it(capsys):
    assert main(["--rows", "2", "--workers-by", "own", "child"]) == 0
    told = capsys.readouterr().out
    assert told.count("CPU seconds of the driver per row") == 2


def test_rows_of_fakes_are_made_once_and_then_found_done(tmp_path, capsys):
    assert main(["--rows", "3", "--json", str(tmp_path / "rows.json")]) == 0
    figures = json.loads((tmp_path / "rows.json").read_text())
    assert figures["rows"] == 3
    assert len(figures["made, resident MiB of the driver"]) == 3
    assert figures["made, seconds per row"] > 0
    assert "found done, CPU seconds of the driver per row" in capsys.readouterr().out
