"""What the links of a carer are for, without a log-in: one for each question, one for the own days."""

ANSWER = "sickcare.answer"
DAYS = "sickcare.days"
