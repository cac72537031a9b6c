"""What time brings about: files that nobody claimed are forgotten."""

from datetime import datetime

from kribbe.trust import files
from kribbe.trust.duties import duty


@duty("trust.sweep_files", cron="50 3 * * *", told="files swept away")
def files_swept(now: datetime) -> int:
    """Forget held files and what is left on disk without a row."""
    return files.sweep(now)
