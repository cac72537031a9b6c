"""National numbers: checked, and kept only as a keyed hash."""

import hashlib
import hmac

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from stdnum.be import bis, nn
from stdnum.exceptions import ValidationError

from kribbe.trust.errors import RefusedError


def national_number_hash(number: str) -> str:
    """HMAC-SHA256 of a Belgian national number or bis number under the desk's key, as 64 hexadecimal digits.

    An empty number gives an empty hash. Raises RefusedError when the check digits don't fit.
    """
    if not number.strip():
        return ""
    key = settings.NATIONAL_NUMBER_KEY.encode()
    return hmac.new(key, _checked(number).encode(), hashlib.sha256).hexdigest()


def _checked(number: str) -> str:
    """The eleven digits. A bis number stands for someone without a national number."""
    for kind in (nn, bis):
        try:
            return str(kind.validate(number))
        except ValidationError:
            continue
    raise RefusedError(
        _("This is not a national number. It has 11 digits; you find it on the back of the identity card."),
        field="national_number",
        code="national-number",
    )
