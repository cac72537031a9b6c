"""What every error of the API looks like."""


def assert_problem(answer, status: int, where: str = "") -> None:
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert {"type", "title", "status", "detail", "instance"} <= set(body)
    assert [part["where"] for part in body.get("errors", [])] == ([where] if where else [])
