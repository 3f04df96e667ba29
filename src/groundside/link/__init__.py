"""Live vehicles. Nothing is here yet: a live flight will be a file still arriving (`Vault.append`)."""
