"""The photo by which carers know a child."""

from django.db import models
from django.db.models import Q

from kribbe.people.models import Child
from kribbe.trust.models import StoredFile


class ChildPhoto(models.Model):
    """A child's face, with who agreed to it and when. No version of it is kept: without consent nothing is left.

    `is_noted`: a parent told the location, which noted it; else a parent gave it by its own log-in.
    """

    child = models.OneToOneField(Child, on_delete=models.PROTECT, related_name="photo")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    agreed_name = models.CharField(max_length=200)
    agreed_at = models.DateTimeField()
    is_noted = models.BooleanField(default=False)
    kept_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(name="child_photo_agreed", condition=~Q(agreed_name=""))]

    def __str__(self) -> str:
        return f"{self.child_id}"
