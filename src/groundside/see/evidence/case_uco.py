"""
The files and the events of a package as other forensic tools know them: JSON-LD in the terms of CASE and UCO.

Source: Cyber-investigation Analysis Standard Expression (CASE) 1.5.0 and Unified Cyber Ontology (UCO) 1.5.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from groundside.see.text import iso, shown_name

if TYPE_CHECKING:
    from groundside.archive.disclosing import Evidence, EvidenceFile, ProvenEvent

_SPACE = UUID("5b1f6a3e-6a0c-5d0a-9d55-0d3f6f0c7a11")
_CONTEXT = {
    "kb": "urn:groundside:kb:",
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "uco-tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
    "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
Node = dict[str, Any]


def graph(evidence: Evidence, paths: Mapping[str, str]) -> Node:
    """
    Describe a package: each original as a File, each event as an InvestigativeAction, and a ProvenanceRecord of all.

    Args:
        evidence: what is in the package.
        paths: of each original in it, by id.
    """
    names = _Names(evidence.archive_id)
    people = dict.fromkeys([evidence.who, *(each.said["who"] for each in evidence.proven.events)])
    files = [_file(names, each, paths[each.id]) for each in evidence.files]
    tool = names.of("tool", evidence.version)
    actions = [_action(names, each, evidence) for each in evidence.proven.events]
    record: Node = {
        "@id": names.of("provenance-record", str(evidence.made_us)),
        "@type": "case-investigation:ProvenanceRecord",
        "uco-core:description": evidence.why,
        "uco-core:object": _refs(file["@id"] for file in files),
    }
    known: Node = {
        "@id": tool,
        "@type": "uco-tool:Tool",
        "uco-core:name": "groundside",
        "uco-tool:version": evidence.version,
    }
    return {"@context": _CONTEXT, "@graph": [record, known, *(_person(names, p) for p in people), *files, *actions]}


class _Names:
    """IRIs that are the same each time for the same thing of the same archive, and of no other."""

    def __init__(self, archive_id: str) -> None:
        self._archive_id = archive_id

    def of(self, kind: str, name: str) -> str:
        return f"kb:{kind}-{uuid5(_SPACE, f'{self._archive_id}/{kind}/{name}')}"


def _file(names: _Names, file: EvidenceFile, path: str) -> Node:
    digest: Node = {
        "@id": names.of("hash", file.id),
        "@type": "uco-types:Hash",
        "uco-types:hashMethod": "SHA256",
        "uco-types:hashValue": _typed("hexBinary", file.sha256.hex),
    }
    about: Node = {
        "@id": names.of("file-facet", file.id),
        "@type": "uco-observable:FileFacet",
        "uco-observable:fileName": shown_name(file.name),
        "uco-observable:filePath": path,
        "uco-observable:sizeInBytes": _typed("integer", str(file.size)),
    }
    content: Node = {
        "@id": names.of("content-data-facet", file.id),
        "@type": "uco-observable:ContentDataFacet",
        "uco-observable:hash": digest,
        "uco-observable:sizeInBytes": _typed("integer", str(file.size)),
    }
    return {
        "@id": names.of("file", file.id),
        "@type": "uco-observable:File",
        "uco-core:name": file.id,
        "uco-core:hasFacet": [about, content],
    }


def _action(names: _Names, event: ProvenEvent, evidence: Evidence) -> Node:
    said = event.said
    touched = [file.id for file in evidence.files if file.id == said["about"]]
    told: Node = {
        "@id": names.of("investigative-action", str(event.seq)),
        "@type": "case-investigation:InvestigativeAction",
        "uco-core:name": said["what"],
        "uco-core:description": f"Event {event.seq}, bound by entry {event.entry} of the ledger",
        "uco-action:performer": {"@id": names.of("identity", said["who"])},
        "uco-action:instrument": {"@id": names.of("tool", evidence.version)},
    }
    if touched:
        told["uco-action:object"] = _refs(names.of("file", each) for each in touched)
    if when := iso(said["at_us"]):
        told["uco-action:endTime"] = _typed("dateTime", when)
    return told


def _person(names: _Names, who: str) -> Node:
    return {"@id": names.of("identity", who), "@type": "uco-identity:Identity", "uco-core:name": who}


def _refs(ids: Iterable[str]) -> list[Node]:
    return [{"@id": each} for each in ids]


def _typed(kind: str, value: str) -> Node:
    return {"@type": f"xsd:{kind}", "@value": value}
