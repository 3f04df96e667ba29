"""
Prescriptions in the formats of terminals and maps.

Each module turns a prescription into files: relative path to bytes. `writing` puts them into a folder or a ZIP archive,
whole or not at all.
"""
