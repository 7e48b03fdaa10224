"""The whole console: its pages, in the order of their addresses."""

from __future__ import annotations

from hotelbridge.services.chargewindow import ChargeDesk
from hotelbridge.services.desk import Desk
from hotelbridge.services.handoverwindow import HandoverDesk
from hotelbridge.services.reportwindow import ReportDesk
from hotelbridge.services.roomwindow import RoomDesk
from hotelbridge.services.userwindow import UserDesk
from hotelbridge.web.console.alarms import AlarmPages
from hotelbridge.web.console.audit import AuditPages
from hotelbridge.web.console.board import Board
from hotelbridge.web.console.booking import BookingPages
from hotelbridge.web.console.callreports import CallReportPages
from hotelbridge.web.console.calls import CallPages
from hotelbridge.web.console.callsection import CallSection
from hotelbridge.web.console.charges import ChargePages
from hotelbridge.web.console.door import ConsoleDoor
from hotelbridge.web.console.handover import HandoverPages
from hotelbridge.web.console.journal import JournalPages
from hotelbridge.web.console.links import LinkPages
from hotelbridge.web.console.live import LivePages
from hotelbridge.web.console.login import LoginPages
from hotelbridge.web.console.night import NightPages
from hotelbridge.web.console.orders import OrderPages
from hotelbridge.web.console.reconciliations import ReconciliationPages
from hotelbridge.web.console.recorder import RecorderPages
from hotelbridge.web.console.resyncs import ResyncPages
from hotelbridge.web.console.roompage import RoomPages
from hotelbridge.web.console.rooms import RoomBoard
from hotelbridge.web.console.search import SearchPages
from hotelbridge.web.console.sheet import SheetPages
from hotelbridge.web.console.shell import Shell
from hotelbridge.web.console.visit import Page
from hotelbridge.web.console.wakeups import WakeupPages
from hotelbridge.web.events import EventHub

SECTIONS = ("board", "alarms", "rooms", "calls", "links")


def make_console(
    desk: Desk,
    rooms: RoomDesk,
    charges: ChargeDesk,
    reports: ReportDesk,
    handovers: HandoverDesk,
    users: UserDesk,
    hub: EventHub,
) -> ConsoleDoor:
    """Every page, behind one door."""
    shell = Shell(desk, SECTIONS)
    pages = [
        *LoginPages(users, shell).pages(),
        *LivePages(shell, desk, users, hub).pages(),
        *_wakeup_pages(shell, desk, rooms),
        *AlarmPages(shell, desk, rooms).pages(),
        *JournalPages(shell, rooms).pages(),
        *AuditPages(shell, users, rooms).pages(),
        *LinkPages(shell, desk).pages(),
        *RecorderPages(shell, desk, rooms).pages(),
        *ResyncPages(shell, rooms).pages(),
        *HandoverPages(shell, handovers).pages(),
        *_call_pages(CallSection(shell, charges), charges, reports, rooms),
    ]
    return ConsoleDoor(desk, users, shell, pages)


def _wakeup_pages(shell: Shell, desk: Desk, rooms: RoomDesk) -> list[Page]:
    """The board and what is booked on it; a room's page has a booking line of its own."""
    board, wakeups = Board(shell, desk, rooms), WakeupPages(shell, desk, rooms)
    booking = BookingPages(board, desk, rooms)
    return [
        *board.pages(),
        *booking.pages(),
        *wakeups.pages(),
        *OrderPages(wakeups, desk).pages(),
        *SearchPages(shell, desk, rooms).pages(),
        *SheetPages(shell, desk, rooms).pages(),
        *NightPages(shell, desk, rooms).pages(),
        *RoomBoard(shell, rooms).pages(),
        *RoomPages(shell, desk, rooms, booking).pages(),
    ]


def _call_pages(
    section: CallSection, charges: ChargeDesk, reports: ReportDesk, rooms: RoomDesk
) -> list[Page]:
    return [
        *CallPages(section, charges).pages(),
        *ChargePages(section, charges, reports, rooms).pages(),
        *CallReportPages(section, reports).pages(),
        *ReconciliationPages(section, reports).pages(),
    ]
