"""Addresses of planning: what a location and a family see."""

from django.urls import path

from kribbe.planning.pages import (
    agreements,
    child_files,
    day,
    extra_days,
    getting_used,
    import_children,
    many,
    mine,
    my_extra,
    my_file,
    second,
    settings,
    week,
    writing,
    year,
)

app_name = "planning"
urlpatterns = [
    path("my/days/", mine.days_page, name="my_days"),
    path("my/placements/<str:reference>/agreement/", mine.agreement, name="my_agreement"),
    path("my/placements/<str:reference>/absence/", mine.absence, name="my_absence"),
    path("my/placements/<str:reference>/absence/back/", mine.absence_back, name="my_absence_back"),
    path("my/placements/<str:reference>/file/", my_file.my_file, name="my_file"),
    path("my/placements/<str:reference>/file.pdf", my_file.my_file_paper, name="my_file_paper"),
    path("my/placements/<str:reference>/extra/", my_extra.my_extra, name="my_extra"),
    path("my/placements/<str:reference>/extra/back/", my_extra.my_extra_back, name="my_extra_back"),
    path("my/placements/<str:reference>/short-notice/", my_extra.my_short_notice, name="my_short_notice"),
    path("my/papers/<str:reference>.pdf", mine.paper_file, name="my_paper"),
    path("at/<slug:slug>/day/", day.day_page, name="day"),
    path("at/<slug:slug>/day/<slug:reference>/", day.absence, name="absence"),
    path("at/<slug:slug>/extra-days/", extra_days.extra_days_page, name="extra_days"),
    path("at/<slug:slug>/extra-days/<slug:reference>/", extra_days.answer, name="answer_day"),
    path("at/<slug:slug>/child-files/", child_files.files_page, name="files"),
    path("at/<slug:slug>/child-files/<slug:reference>/", child_files.file_page, name="file"),
    path("at/<slug:slug>/child-files/<slug:reference>.pdf", child_files.file_paper, name="file_paper"),
    path("at/<slug:slug>/week/", week.week_page, name="week"),
    path("at/<slug:slug>/year/", year.year_page, name="year"),
    path("at/<slug:slug>/agreements/", agreements.agreements_page, name="agreements"),
    path("at/<slug:slug>/agreements/<slug:reference>/", agreements.agreement_page, name="agreement"),
    path("at/<slug:slug>/agreements/<slug:reference>/write/", writing.write_page, name="write"),
    path("at/<slug:slug>/agreements/<slug:reference>/holidays/", writing.holidays_page, name="holidays"),
    path(
        "at/<slug:slug>/agreements/<slug:reference>/getting-used/",
        getting_used.getting_used_page,
        name="getting_used",
    ),
    path(
        "at/<slug:slug>/getting-used/<slug:reference>/back/", getting_used.take_back, name="getting_used_back"
    ),
    path("at/<slug:slug>/agreements/<slug:reference>/other-parent/", second.second_page, name="second"),
    path("at/<slug:slug>/papers/<slug:reference>/withdraw/", agreements.withdraw, name="withdraw"),
    path("at/<slug:slug>/papers/<slug:reference>.pdf", agreements.paper_file, name="paper"),
    path("at/<slug:slug>/take-over/", import_children.start, name="import"),
    path("at/<slug:slug>/take-over/example.csv", import_children.example, name="import_example"),
    path("at/<slug:slug>/take-over/<slug:reference>/", import_children.look, name="import_list"),
    path("at/<slug:slug>/take-over/<slug:reference>.csv", import_children.report, name="import_report"),
    path("at/<slug:slug>/many/", many.many_page, name="many"),
    path("at/<slug:slug>/carers/", settings.team_page, name="team"),
    path("at/<slug:slug>/house-rules/", settings.house_rules_page, name="house_rules"),
]
