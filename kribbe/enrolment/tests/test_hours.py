"""Hours that a family asked, as pages write them."""

from django.utils.translation import override

from kribbe.enrolment.templatetags.enrolment import hour


def test_an_hour_is_written_by_the_language():
    with override("nl"):
        assert [hour(text) for text in ("08:30", "17:00", "", None)] == ["8:30", "17:00", "", ""]
    with override("fr"):
        assert hour("08:30") == "08h30"
