"""The tables of out-of-school care."""

from kribbe.outofschool.models.clubs import (
    HOLDING,
    LIVE,
    Club,
    ClubRules,
    ClubYear,
    Community,
    HolidayPlace,
    HolidayState,
    HolidayWeek,
    Part,
    Pickup,
    Registration,
    RegistrationState,
    School,
    Stay,
)
from kribbe.outofschool.models.tariffs import ClubTariff, SocialTariff

__all__ = [
    "HOLDING",
    "LIVE",
    "Club",
    "ClubRules",
    "ClubTariff",
    "ClubYear",
    "Community",
    "HolidayPlace",
    "HolidayState",
    "HolidayWeek",
    "Part",
    "Pickup",
    "Registration",
    "RegistrationState",
    "School",
    "SocialTariff",
    "Stay",
]
