from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    name = "kribbe.enrolment"
    label = "enrolment"
