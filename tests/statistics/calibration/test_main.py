import json

from analytics_lib.statistics.calibration.__main__ import main


def test_the_command_writes_the_page_and_says_what_was_kept(tmp_path, capsys):
    code = main(["--folder", str(tmp_path), "--scale", "0.004", "--only", "AR(1) 0.7", "--processes", "1"])
    assert code == 0
    said = capsys.readouterr().out
    assert "kept" in said
    assert "promises" in said
    [check] = json.loads((tmp_path / "calibration.json").read_text())["checks"]
    assert check["method"] == "seasonality"
    assert "Calibration certificate" in (tmp_path / "calibration.html").read_text()
