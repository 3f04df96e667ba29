"""An open archive: its methods are the verbs of the product."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

from groundside.archive.store import Store
from groundside.keep.archive_folder import open_folder
from groundside.keep.keys.keyring import sealing
from groundside.reference import places
from groundside.settings import Settings

if TYPE_CHECKING:
    from groundside.archive import (
        assigning,
        attesting,
        backing_up,
        changing,
        crop_fields,
        crop_records,
        current,
        custodian,
        demonstrating,
        disclosing,
        entering,
        erasing,
        findings,
        fleet_stated,
        flight_custody,
        happened,
        ingesting,
        keeping,
        logbook,
        logged,
        looking,
        people,
        photo_tiles,
        photo_times,
        plan_checking,
        retaining,
        reviewing,
        signing,
        summing,
        videos,
    )
    from groundside.archive import fleet as fleets
    from groundside.archive import photos as kept_photos
else:
    from groundside.archive.on_demand import (
        assigning,
        attesting,
        backing_up,
        changing,
        crop_fields,
        crop_records,
        current,
        custodian,
        demonstrating,
        disclosing,
        entering,
        erasing,
        findings,
        fleet_stated,
        flight_custody,
        happened,
        ingesting,
        keeping,
        logbook,
        logged,
        looking,
        people,
        photo_tiles,
        photo_times,
        plan_checking,
        retaining,
        reviewing,
        signing,
        summing,
        videos,
    )
    from groundside.archive.on_demand import fleet as fleets
    from groundside.archive.on_demand import photos as kept_photos


class Archive(Store):
    """
    Everything kept in one folder. Get one by `Archive.open`; use it in a `with` block.

    Each method takes a `Caller` first; see `groundside.archive.verb` for what each does to custody.
    """

    ingest = ingesting.ingest
    receive = ingesting.receive
    watch = ingesting.watch
    resume = ingesting.resume
    flights = looking.flights
    flight = looking.flight
    track = looking.track
    log = logged.log
    diff = logged.diff
    lines = looking.lines
    files = looking.files
    export = looking.export
    resolve = looking.resolve
    totals = summing.totals
    heat = summing.heat
    about = looking.about
    annotate = changing.annotate
    merge = changing.merge
    unmerge = changing.unmerge
    add_keys = changing.add_keys
    note_override = plan_checking.note_override
    jobs = keeping.jobs
    cancel = keeping.cancel
    events = keeping.events
    verify = keeping.verify
    rebuild = keeping.rebuild
    simulate = demonstrating.simulate
    key_status = custodian.key_status
    escrow_root = custodian.escrow_root
    restore_root = custodian.restore_root
    rotate_keys = custodian.rotate_keys
    backup = backing_up.backup
    erasure = erasing.erasure
    erase = erasing.erase
    finish_erasure = erasing.finish_erasure
    retention = retaining.retention
    set_retention = retaining.set_retention
    drop_retention = retaining.drop_retention
    retention_due = retaining.retention_due
    retain = retaining.retain
    hold = erasing.hold
    lift_hold = erasing.lift_hold
    holds = erasing.holds
    evidence = disclosing.evidence
    ledger = attesting.ledger
    ledger_entries = attesting.ledger_entries
    ledger_events = attesting.ledger_events
    prove = attesting.prove
    flight_custody = flight_custody.flight_custody
    consistency = attesting.consistency
    keep_checkpoint = attesting.keep_checkpoint
    mend_ledger = attesting.mend_ledger
    add_person = people.add_person
    edit_person = people.edit_person
    forget_person = people.forget_person
    people = people.people
    assign = assigning.assign
    undo_assign = assigning.undo_assign
    assignments = assigning.assignments
    assign_changes = assigning.assign_changes
    add_assign_rule = assigning.add_assign_rule
    drop_assign_rule = assigning.drop_assign_rule
    assign_rules = assigning.assign_rules
    apply_assign_rules = assigning.apply_assign_rules
    add_flight = entering.add_flight
    import_logbook = entering.import_logbook
    carry = logbook.carry
    drop_carried = logbook.drop_carried
    logbook = logbook.logbook
    sign_logbook = signing.sign_logbook
    currency = current.currency
    add_rules = current.add_rules
    drop_rules = current.drop_rules
    currency_rules = current.currency_rules
    incident = happened.incident
    happened = happened.happened
    fleet = fleets.fleet
    register_aircraft = fleet_stated.register_aircraft
    add_component = fleet_stated.add_component
    move_component = fleet_stated.move_component
    add_plan = fleet_stated.add_plan
    drop_plan = fleet_stated.drop_plan
    maintenance_plans = fleet_stated.maintenance_plans
    maintained = fleet_stated.maintained
    ground_aircraft = fleet_stated.ground_aircraft
    release_aircraft = fleet_stated.release_aircraft
    rate_battery = fleet_stated.rate_battery
    add_field = crop_fields.add_field
    drop_field = crop_fields.drop_field
    crop_fields = crop_fields.crop_fields
    add_crop_image = crop_records.add_crop_image
    crop_raster = crop_records.crop_raster
    set_crop_weather = crop_records.set_crop_weather
    add_crop_patch = crop_records.add_crop_patch
    note_prescription = crop_records.note_prescription
    drop_crop_record = crop_records.drop_crop_record
    crop_records = crop_records.crop_records

    photos = kept_photos.photos
    photo = kept_photos.photo
    photo_thumbnails = kept_photos.photo_thumbnails
    photo_thumbnail = kept_photos.photo_thumbnail
    photo_original = kept_photos.photo_original
    photo_layout = photo_tiles.photo_layout
    photo_tiles = photo_tiles.photo_tiles
    photo_times = photo_times.photo_times
    placed_photos = kept_photos.placed_photos
    video = videos.video
    video_bytes = videos.video_bytes
    photo_extent = kept_photos.photo_extent
    join_photos = kept_photos.join_photos
    add_finding = findings.add_finding
    edit_finding = findings.edit_finding
    finding = findings.finding
    add_asset = findings.add_asset
    assets = findings.assets
    findings = findings.findings
    propose_redaction = reviewing.propose_redaction
    redactions = reviewing.redactions
    redaction_history = reviewing.redaction_history
    edit_redaction = reviewing.edit_redaction
    confirm_redaction = reviewing.confirm_redaction
    redacted_photo = reviewing.redacted_photo

    @classmethod
    def open(cls, folder: Path, settings: Settings | None = None, *, create: bool = False) -> Self:
        """
        Open the archive in a folder.

        Args:
            create: make one where the folder is empty or not there.

        Raises:
            WrongArchive: the folder is no archive, or a newer program wrote it.
        """
        given = settings or Settings()
        opened = open_folder(folder, create, sealing(given))
        places.use_cache(opened.cache)
        return cls(opened, given)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
