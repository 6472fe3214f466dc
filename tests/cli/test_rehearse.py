"""`assistant rehearse` on articles of the sample: gates, exit code, and what flips with another policy."""

from pathlib import Path

from tests.cli.conftest import InProcessCli

STRICT = "answer_score: 1.0\nfrustrated_answer_score: 1.0\nclarify_score: 1.0\n"


def test_the_sample_is_rehearsed_and_a_worse_policy_is_seen(changes: InProcessCli, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("rehearsal: {person: 0, false_answer: 1, false_handoff: 1}\n")
    page = tmp_path / "rehearsal.html"
    first = changes("rehearse", "--most", "6", "--json", "--policy", str(policy), "--html", str(page))
    result = first.json  # every gate is passed
    assert (result["customers"], result["passed"], result["flips"]) == (6, True, [])
    assert result["customers_per_minute"] > 0
    assert {"ja", "en"} <= {row["language"] for row in result["measures"]}
    assert "To be told" in page.read_text("utf-8")
    policy.write_text(policy.read_text() + STRICT)
    second = changes("rehearse", "--most", "6", "--policy", str(policy))
    assert second.code == 1
    assert "Gates failed: told." in second.out
    assert "WORSE: " in second.out
    assert "before: ok" in second.out
    assert "6/6 customers" in second.err
