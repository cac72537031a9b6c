"""Tables for a city's own sums: as CSV, XLSX or Parquet, each with what its columns mean."""
