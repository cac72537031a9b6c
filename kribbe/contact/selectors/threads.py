"""Reading conversations."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from kribbe.contact.access import READ_MARKS, Seat, threads_at
from kribbe.contact.models import Post, Side, Thread
from kribbe.people.selectors import adults_first
from kribbe.trust.keyset import Page, page

SHOWN = 20


def is_unread(side: Side) -> Q:
    """Conversations in which another side spoke after this one last looked."""
    mark = READ_MARKS[side]
    return Q(**{mark: None}) | Q(last_at__gt=F(mark))


def unread_threads(seat_threads: QuerySet[Thread], side: Side) -> QuerySet[Thread]:
    """Those of these conversations that hold something new for this side."""
    return seat_threads.filter(is_unread(side))


def thread_page(
    seat: Seat, *, words: str = "", after: Thread | None = None, before: Thread | None = None
) -> Page[Thread]:
    """The conversations of a side, the latest first, each with its last words (`last_text`, None if withdrawn)."""
    found = threads_at(seat).prefetch_related(adults_first("household__"))
    if words:
        said = Post.objects.filter(thread=OuterRef("pk"), withdrawn_at=None, text__icontains=words)
        found = found.filter(Q(subject__icontains=words) | Q(about_label__icontains=words) | Exists(said))
    last = Post.objects.filter(thread=OuterRef("pk")).order_by("-at", "-pk")
    with_last = found.annotate(
        last_text=Subquery(last.filter(withdrawn_at=None).values("text")[:1]),
        last_name=Subquery(last.values("author_name")[:1]),
    )
    return page(with_last, by="last_at", size=SHOWN, descending=True, after=after, before=before)


def posts_of(thread: Thread) -> list[Post]:
    """What was said, in order."""
    return list(thread.posts.order_by("at", "pk"))
