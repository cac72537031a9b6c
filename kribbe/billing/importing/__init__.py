"""Fee certificates by list: rows are read (`rows`), judged (`plan`), written and undone (`run`)."""
