"""DJI missions, read: the flown part where there is one, or else the template."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from groundside.model.decoded import Problem
from groundside.model.mission import Above, Action, Kept, LookAhead, LookAt, LostLink, Mission, Place, Waypoint
from groundside.plan.missions.format import MOST_BYTES, MOST_WAYPOINTS, Said, no_mission
from groundside.plan.missions.from_shape import NotAShape
from groundside.plan.missions.normal import normal, turned
from groundside.plan.missions.text_rows import number
from groundside.plan.missions.wpml_actions import Groups
from groundside.plan.missions.wpml_mark import with_mark
from groundside.plan.missions.wpml_words import FINISHES, HEIGHTS, LOST, TURNS
from groundside.reference.dji import device_numbered
from groundside.reference.packed import MAGIC, BadArchive, unpacked
from groundside.reference.xml_tree import BadXml, Document, Node, document_in

_KIND = "DJI mission"
_DECIMALS = 9
_FLOWN, _TEMPLATE = "waylines.wpml", "template.kml"


def recognises(data: bytes) -> bool:
    """Say whether this is an archive with a DJI mission in it, or one of its two documents."""
    if data.startswith(MAGIC):
        return b"wpmz/" in data or b".wpml" in data
    head = data[:8192].removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith(b"<") and (b"dji.com/wpmz" in head or b"<wpml:" in head)


def read(data: bytes) -> tuple[Mission, tuple[Problem, ...]]:
    """
    Read a mission.

    Raises:
        NotUnderstood: it is none, or has no waypoint.
    """
    said = Said()
    flown, template = _documents(data, said)
    chosen = flown if flown is not None and _points(flown) else template or flown
    if chosen is None:
        raise no_mission(_KIND, f"neither {_FLOWN} nor {_TEMPLATE} is in it")
    try:
        reader = _Reading(chosen, said)
        mission = reader.mission(_config(flown, template))
        mission = replace(mission, not_understood=tuple(reader.kept))
        return with_mark(mission, template), said.all
    except NotAShape as error:
        raise no_mission(_KIND, f"its comment of groundside: {error}") from error


def _documents(data: bytes, said: Said) -> tuple[Document | None, Document | None]:
    if not data.startswith(MAGIC):
        document = _parsed(data, "it")
        is_flown = any(each.name in ("waylineId", "executeHeightMode") for each in document.root.walk())
        return (document, None) if is_flown else (None, document)
    try:
        found = unpacked(data, lambda name: name.lower().endswith((_FLOWN, _TEMPLATE)), MOST_BYTES)
    except BadArchive as error:
        raise no_mission(_KIND, str(error)) from error
    parts = {name.lower().rpartition("/")[2]: content for name, content in found.items()}
    if _FLOWN not in parts and _TEMPLATE in parts:
        said.say(f"{_FLOWN}, which is what an aircraft flies, is missing: the template is read.")
    flown, template = (_parsed(parts[name], name) if name in parts else None for name in (_FLOWN, _TEMPLATE))
    return flown, template


def _parsed(data: bytes, name: str) -> Document:
    try:
        return document_in(data)
    except BadXml as error:
        raise no_mission(_KIND, f"{name} is broken at byte {error.offset:,}: {error.why}") from error


def _folders(document: Document) -> list[Node]:
    return [each for each in document.root.walk() if each.name == "Folder"]


def _points(document: Document) -> list[Node]:
    return [each for folder in _folders(document) for each in folder.all("Placemark") if each.child("Point")]


def _config(flown: Document | None, template: Document | None) -> list[Node]:
    """What both say of the whole mission; the flown part first."""
    documents = [each for each in (flown, template) if each is not None]
    return [node for each in documents for node in each.root.walk() if node.name == "missionConfig"]


@dataclass(slots=True)
class _Reading:
    """A document on its way into a mission."""

    document: Document
    said: Said
    kept: list[Kept] = field(default_factory=list[Kept])
    target: LookAt | None = None

    def mission(self, configs: list[Node]) -> Mission:
        folders = [each for each in _folders(self.document) if any(p.child("Point") for p in each.all("Placemark"))]
        if not folders:
            return self._without_waypoints(configs)
        if len(folders) > 1:
            self.said.say(f"It holds {len(folders)} waylines: they are joined, in order.")
        points: list[Waypoint] = []
        speed = _number(folders[0], "autoFlightSpeed")
        before: tuple[Action, ...] = ()
        for folder in folders:
            before = before or self._before(folder)
            points += self._wayline(folder, speed)
        return normal(replace(self._whole(configs), waypoints=tuple(points), speed_m_s=speed, actions=before))

    def _without_waypoints(self, configs: list[Node]) -> Mission:
        """A template of an area, or of nothing: what it says of the whole mission is read, areas are kept."""
        if not configs:
            raise no_mission(_KIND, "it has neither a waypoint nor a missionConfig")
        kinds = [each.text for each in self.document.root.walk() if each.name == "templateType"]
        kind = (
            f": a template of type {kinds[0][:40]!r} holds an area, from which Pilot 2 makes waypoints" if kinds else ""
        )
        self.said.say(f"It has no waypoint{kind}.")
        for folder in _folders(self.document):
            self.kept.append(Kept(f"byte {folder.offset:,}", self.document.verbatim(folder)))
        return self._whole(configs)

    def _whole(self, configs: list[Node]) -> Mission:
        finish = _said(configs, "finishAction")
        if finish and finish not in FINISHES:
            self.kept.append(Kept("missionConfig", f"finishAction {finish}"))
        return Mission(
            finish=FINISHES.get(finish),
            lost_link=self._lost_link(configs),
            take_off_height_m=_first_number(configs, "takeOffSecurityHeight"),
            home=self._home(configs),
            aircraft=_device(configs, "droneInfo", "drone"),
            camera=_device(configs, "payloadInfo", "payload"),
        )

    def _lost_link(self, configs: list[Node]) -> LostLink | None:
        leaves = _said(configs, "exitOnRCLost")
        if leaves == "goContinue":
            return LostLink.CONTINUE
        action = _said(configs, "executeRCLostAction")
        if action and action not in LOST:
            self.kept.append(Kept("missionConfig", f"executeRCLostAction {action}"))
        return LOST.get(action)

    def _home(self, configs: list[Node]) -> Place | None:
        """Latitude goes first here, other than everywhere else in the file."""
        text = _said(configs, "takeOffRefPoint")
        numbers = [number(each) for each in text.split(",")] if text else []
        if len(numbers) < 2 or any(each is None or each != each for each in numbers):
            return None
        lat, lon = numbers[0] or 0.0, numbers[1] or 0.0
        if abs(lat) > 90.0 or abs(lon) > 180.0 or (lat == 0.0 and lon == 0.0):
            return None
        return Place(lon, lat, numbers[2] if len(numbers) > 2 else None, Above.ELLIPSOID)

    def _before(self, folder: Node) -> tuple[Action, ...]:
        start = folder.child("startActionGroup")
        if start is None:
            return ()
        return tuple(Groups(self.document, self.kept, self.said).actions(start))

    def _wayline(self, folder: Node, speed: float | None) -> list[Waypoint]:
        above = self._above(folder)
        groups = Groups(self.document, self.kept, self.said)
        marks = [each for each in folder.all("Placemark") if each.child("Point")][:MOST_WAYPOINTS]
        points: list[Waypoint] = []
        numbers: list[int] = []
        for nth, mark in enumerate(marks):
            point = self._waypoint(mark, folder, above, nth)
            if point is None:
                continue
            own = _number(mark, "waypointSpeed")
            uses_own = own is not None and own > 0.0 and mark.said("useGlobalSpeed") != "1"
            points.append(replace(point, speed_m_s=own if uses_own else _number(folder, "autoFlightSpeed") or speed))
            numbers.append(int(_number(mark, "index") or 0) if mark.child("index") else nth)
            for group in mark.all("actionGroup"):
                groups.take(group)
        looks = {nth: point.actions for nth, point in zip(numbers, points, strict=True)}
        done = groups.placed(numbers)
        return [
            replace(point, actions=(*looks[nth], *done.get(nth, ())))
            for nth, point in zip(numbers, points, strict=True)
        ]

    def _above(self, folder: Node) -> Above:
        mode = folder.said("executeHeightMode")
        if not mode:
            system = folder.child("waylineCoordinateSysParam")
            mode = system.said("heightMode") if system else ""
        if mode not in HEIGHTS:
            self.said.say(f"What heights are above is {mode or 'not said'}: above home is taken.", folder.offset)
        return HEIGHTS.get(mode, Above.HOME)

    def _waypoint(self, mark: Node, folder: Node, above: Above, nth: int) -> Waypoint | None:
        point = mark.child("Point")
        texts = (point.said("coordinates") if point else "").replace(",", " ").split()
        numbers = [number(each) for each in texts[:2]]
        lon, lat = (*numbers, None, None)[:2]
        if lon is None or lat is None or not (abs(lon) <= 360.0 and abs(lat) <= 90.0):
            self.said.say(f"Waypoint {nth} has no position that can be read: it is passed over.", mark.offset)
            return None
        height = self._height(mark, folder)
        if height is None:
            self.said.say(f"Waypoint {nth} has no height: 0 m is taken.", mark.offset)
        return Waypoint(
            lon=lon,
            lat=lat,
            height_m=height or 0.0,
            above=above,
            **self._turn(mark, folder, nth),
            **self._heading(mark, folder, nth),
        )

    def _height(self, mark: Node, folder: Node) -> float | None:
        own = next((h for each in ("executeHeight", "height") if (h := _number(mark, each)) is not None), None)
        wants_global = mark.said("useGlobalHeight") == "1" or own is None
        everywhere = _number(folder, "globalHeight")
        return everywhere if wants_global and everywhere is not None else own

    def _turn(self, mark: Node, folder: Node, nth: int) -> dict[str, Any]:
        node = mark.child("waypointTurnParam")
        word = node.said("waypointTurnMode") if node else folder.said("globalWaypointTurnMode")
        if mark.said("useGlobalTurnParam") == "1":
            word = folder.said("globalWaypointTurnMode") or word
        if word and word not in TURNS:
            self.kept.append(Kept(f"waypoint {nth}", f"waypointTurnMode {word}"))
        radius = _number(node, "waypointTurnDampingDist") if node else None
        return {"turn": TURNS.get(word), "turn_radius_m": radius if radius is not None and radius > 0.0 else None}

    def _heading(self, mark: Node, folder: Node, nth: int) -> dict[str, Any]:
        node = mark.child("waypointHeadingParam")
        if node is None or mark.said("useGlobalHeadingParam") == "1":
            node = folder.child("globalWaypointHeadingParam") or node
        mode = node.said("waypointHeadingMode") if node else ""
        actions = self._look(node if mode == "towardPOI" else None, nth)
        if node is not None and mode == "smoothTransition":
            angle = _number(node, "waypointHeadingAngle") or 0.0
            return {"heading_deg": turned(round(turned(angle), _DECIMALS)), "actions": actions}
        if mode not in ("", "followWayline", "towardPOI"):
            self.kept.append(Kept(f"waypoint {nth}", f"waypointHeadingMode {mode}"))
        return {"actions": actions}

    def _look(self, node: Node | None, nth: int) -> tuple[Action, ...]:
        before, self.target = self.target, None
        if node is None:
            return (LookAhead(),) if before else ()
        numbers = [number(each) for each in node.said("waypointPoiPoint").split(",")]
        if len(numbers) < 2 or any(each is None or each != each for each in numbers[:3]):
            self.kept.append(Kept(f"waypoint {nth}", f"waypointPoiPoint {node.said('waypointPoiPoint')}"))
            return (LookAhead(),) if before else ()
        lat, lon, height = (*(each or 0.0 for each in numbers), 0.0)[:3]
        self.target = LookAt(Place(lon, lat, height, Above.HOME))
        return () if self.target == before else (self.target,)


def _number(node: Node | None, name: str) -> float | None:
    text = node.said(name) if node else ""
    value = number(text) if text else None
    return None if value is None or value != value else value


def _first_number(configs: list[Node], name: str) -> float | None:
    return next((value for each in configs if (value := _number(each, name)) is not None), None)


def _said(configs: list[Node], name: str) -> str:
    return next((text for each in configs if (text := each.said(name))), "")


def _device(configs: list[Node], element: str, prefix: str) -> str:
    node = next((found for each in configs if (found := each.child(element)) is not None), None)
    kind = _number(node, f"{prefix}EnumValue")
    if kind is None:
        return ""
    sub = _number(node, f"{prefix}SubEnumValue") or 0.0
    return device_numbered("aircraft" if prefix == "drone" else "cameras", int(kind), int(sub))
