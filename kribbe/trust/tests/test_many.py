"""Rows that are written at once stand as they came, or none of them."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from kribbe.trust.many import copy_in, insert_new
from kribbe.trust.models import OnceToken, StoredFile

pytestmark = pytest.mark.django_db
FILE = ("key", "space", "name", "media_type", "size", "width", "height", "widths", "created_at")
TOKEN = ("token", "at", "outcome")


def test_copied_rows_stand_as_they_came():
    now, name = timezone.now(), 'tab\t, "quote", \\N and a\nline'
    widths = [1, {"é": 'a "b" \\n'}]
    copy_in(
        StoredFile, FILE, [("0123456789abcdef" * 2, "s", name, "image/png", 2**40, 0, 0, Jsonb(widths), now)]
    )
    kept = StoredFile.objects.get()
    assert (kept.name, kept.size, kept.widths, kept.created_at) == (name, 2**40, widths, now)
    assert kept.held_until is None


def test_one_wrong_row_keeps_all_of_them_out():
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_in(OnceToken, TOKEN, [("a", now, ""), ("b", now, ""), ("a", now, "")])
    assert not OnceToken.objects.exists()


def test_only_what_is_not_there_yet_is_inserted():
    now = timezone.now()
    insert_new(OnceToken, TOKEN, [])
    insert_new(OnceToken, TOKEN, [("a", now, "first")])
    insert_new(OnceToken, TOKEN, [("a", now, "second"), ("b", now, "%s {} \\")])
    assert dict(OnceToken.objects.values_list("token", "outcome")) == {"a": "first", "b": "%s {} \\"}
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_new(OnceToken, TOKEN, [("c", None, "")])
