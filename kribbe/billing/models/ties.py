"""What the database holds between documents, what was paid of them, and the ledger, so that no page can tell a total
that the ledger hasn't.

An invoice comes first, then all its lines in one statement, then its entry with both sides in one statement; what
settles it, or moves a deposit, comes after the lines of its entry. Whatever comes for a whole statement is looked at
once; `made` are its rows.
"""

import pgtrigger


def _of_statement(name: str, func: str) -> pgtrigger.Trigger:
    """Looks once at all rows that a statement added."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="made"),  # type: ignore[no-untyped-call]
        func=func,
    )


LINES_MAKE_TOTAL = _of_statement(
    "lines_make_total",
    """
    IF EXISTS (
        SELECT FROM billing_invoice asked WHERE asked.id IN (SELECT invoice_id FROM made)
        AND asked.total <> (SELECT SUM(amount) FROM billing_invoiceline WHERE invoice_id = asked.id)
    ) THEN
        RAISE EXCEPTION 'the lines of an invoice are not its total' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
    """,
)
"""The lines of an invoice are its total, and none comes later."""

INVOICE_IS_POSTED = pgtrigger.Trigger(
    name="invoice_is_posted",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func="""
    IF NOT EXISTS (SELECT FROM billing_invoiceline WHERE invoice_id = NEW.id) THEN
        RAISE EXCEPTION 'invoice % has no lines', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.total <> 0 AND NOT EXISTS (
        SELECT FROM billing_journalentry
        WHERE books_id = NEW.books_id AND key = 'invoice:' || NEW.id AND kind = NEW.kind
    ) THEN
        RAISE EXCEPTION 'invoice % is not in the ledger', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
    """,
)
"""At commit an invoice has lines and, unless it asks nothing, an entry."""

POSTED_AS_ASKED = _of_statement(
    "posted_as_asked",
    """
    IF EXISTS (
        SELECT FROM billing_journalentry posted
        WHERE posted.id IN (SELECT entry_id FROM made) AND posted.kind IN ('invoice', 'credit')
        AND NOT EXISTS (
            SELECT FROM billing_invoice asked
            WHERE asked.id = CASE WHEN posted.key ~ '^invoice:[0-9]+$' THEN substring(posted.key FROM 9)::bigint END
            AND asked.books_id = posted.books_id AND asked.kind = posted.kind
            AND asked.issued_on = posted."on"
            AND (
                SELECT COUNT(*) = 2
                AND SUM(amount) FILTER (WHERE account = 'receivable' AND payer_id = asked.payer_id) = asked.total
                FROM billing_journalline WHERE entry_id = posted.id
            )
        )
    ) THEN
        RAISE EXCEPTION 'an invoice is not entered as it was asked' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
    """,
)
"""The entry of an invoice is of its day and has two sides, and what its payer owes by it is the invoice's total."""

SETTLED_BY_ENTRY = _of_statement(
    "settled_by_entry",
    """
    IF EXISTS (
        SELECT FROM billing_invoice asked WHERE asked.id IN (SELECT invoice_id FROM made)
        AND (
            SELECT SUM(amount) * SIGN(asked.total) NOT BETWEEN 0 AND ABS(asked.total)
            FROM billing_settlement WHERE invoice_id = asked.id
        )
    ) THEN
        RAISE EXCEPTION 'an invoice is settled beyond its total' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM made JOIN billing_invoice asked ON asked.id = made.invoice_id
        JOIN billing_journalentry paid ON paid.id = made.entry_id
        WHERE paid.books_id <> asked.books_id
    ) THEN
        RAISE EXCEPTION 'an invoice is settled by an entry of other books' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM (
            SELECT told.entry_id, told.payer_id, (
                SELECT SUM(settled.amount) FROM billing_settlement settled
                JOIN billing_invoice asked ON asked.id = settled.invoice_id
                WHERE settled.entry_id = told.entry_id AND asked.payer_id = told.payer_id
            ) + COALESCE((
                SELECT SUM(line.amount) FROM billing_journalline line
                WHERE line.entry_id = told.entry_id AND line.payer_id = told.payer_id
                AND line.account = 'receivable' AND told.kind NOT IN ('invoice', 'credit')
            ), 0) AS beside
            FROM (
                SELECT DISTINCT made.entry_id, asked.payer_id, paid.kind FROM made
                JOIN billing_invoice asked ON asked.id = made.invoice_id
                JOIN billing_journalentry paid ON paid.id = made.entry_id
            ) told
        ) found
        WHERE found.beside <> 0 AND ABS(found.beside) > (
            SELECT COALESCE(SUM(ABS(line.amount)), 0) FROM billing_journalline line
            JOIN billing_journalentry other ON other.id = line.entry_id
            WHERE line.payer_id = found.payer_id AND line.account = 'receivable'
            AND line.entry_id <> found.entry_id AND other.kind NOT IN ('invoice', 'credit')
            AND NOT EXISTS (SELECT FROM billing_settlement WHERE entry_id = line.entry_id)
        )
    ) THEN
        RAISE EXCEPTION 'an entry settles what it does not pay' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
    """,
)
"""An invoice is never settled below nought or beyond its total. What an entry settles of a payer is what that payer
owes less by it; only as much as the payer was asked beside its invoices (costs of reminders) may lie between. The
entry of an invoice or credit note moves nothing: what it settles is nought in all.
"""

DEPOSIT_BY_ENTRY = pgtrigger.Trigger(
    name="deposit_by_entry",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    func="""
    IF NEW.amount IS DISTINCT FROM (
        SELECT -SUM(line.amount) FROM billing_journalline line
        JOIN billing_deposit asked ON asked.payer_id = line.payer_id
        WHERE asked.id = NEW.deposit_id AND line.entry_id = NEW.entry_id AND line.account = 'deposits'
    ) THEN
        RAISE EXCEPTION 'deposit % moves by another amount than its entry', NEW.deposit_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
    """,
)
"""A deposit moves by what its entry has of its payer among the deposits that are kept."""

DEPOSITS_MOVED = pgtrigger.Trigger(
    name="deposits_moved",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    condition=pgtrigger.Q(new__account="deposits"),
    func="""
    IF NOT EXISTS (
        SELECT FROM billing_depositmove moved JOIN billing_deposit asked ON asked.id = moved.deposit_id
        WHERE moved.entry_id = NEW.entry_id AND asked.payer_id = NEW.payer_id
        AND moved.amount = (
            SELECT -SUM(amount) FROM billing_journalline
            WHERE entry_id = NEW.entry_id AND payer_id = NEW.payer_id AND account = 'deposits'
        )
    ) THEN
        RAISE EXCEPTION 'entry % has deposits that did not move', NEW.entry_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
    """,
)
"""At commit what an entry has among the deposits is the move of a deposit of that payer."""

LOWERED_BY_SETTLING = pgtrigger.Trigger(
    name="lowered_by_settling",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    condition=pgtrigger.Q(new__account="receivable", new__amount__lt=0),
    func="""
    IF EXISTS (
        SELECT FROM billing_journalentry told
        WHERE told.id = NEW.entry_id AND told.kind NOT IN ('invoice', 'credit')
        AND (
            SELECT SUM(amount) FROM billing_journalline
            WHERE entry_id = told.id AND payer_id = NEW.payer_id AND account = 'receivable'
        ) + COALESCE((
            SELECT SUM(settled.amount) FROM billing_settlement settled
            JOIN billing_invoice asked ON asked.id = settled.invoice_id
            WHERE settled.entry_id = told.id AND asked.payer_id = NEW.payer_id
        ), 0) < 0
    ) THEN
        IF (
            SELECT SUM(amount) FROM billing_journalline
            WHERE payer_id = NEW.payer_id AND account = 'receivable'
        ) < (
            SELECT COALESCE(SUM(total), 0) FROM billing_invoice WHERE payer_id = NEW.payer_id
        ) - (
            SELECT COALESCE(SUM(settled.amount), 0) FROM billing_settlement settled
            JOIN billing_invoice asked ON asked.id = settled.invoice_id WHERE asked.payer_id = NEW.payer_id
        ) THEN
            RAISE EXCEPTION 'entry % takes off what a payer owes and settles nothing', NEW.entry_id
                USING ERRCODE = 'check_violation',
                HINT = 'Issue a credit note, write an invoice off, or settle one by the entry.';
        END IF;
    END IF;
    RETURN NULL;
    """,
)
"""At commit an entry that lowers what a payer owes settles as much of its invoices, or pays costs of reminders that
are open: beside its invoices a payer never owes less than nought. The payer's whole account is looked at only where
something lies between.
"""
