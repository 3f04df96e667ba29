"""
XML read safely and as far as it is whole, for formats that are XML.

Every element with the byte it starts at; no document type declarations, no entities, a bound on depth; and after a
broken piece reading is taken up again at the next element that a format names.
"""

from groundside.decode.xml_scan.datetimes import Instants, instants_of
from groundside.decode.xml_scan.numbers import given_numbers, numbers_of
from groundside.decode.xml_scan.plan import Gap, Plan, Reader, Scan, local_name
from groundside.decode.xml_scan.rising import rising
from groundside.decode.xml_scan.root import root_of
from groundside.decode.xml_scan.scan import scan
from groundside.decode.xml_scan.texts import Texts, joined, strings_of
from groundside.decode.xml_scan.whole import Whole, whole

__all__ = [
    "Gap",
    "Instants",
    "Plan",
    "Reader",
    "Scan",
    "Texts",
    "Whole",
    "given_numbers",
    "instants_of",
    "joined",
    "local_name",
    "numbers_of",
    "rising",
    "root_of",
    "scan",
    "strings_of",
    "whole",
]
