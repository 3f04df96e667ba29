"""Evidence packages: what another party's expert verifies without us."""
