"""Column types: what cannot be stored exactly is refused, on both databases alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Column, Connection, MetaData, Table, func, insert, select

from hotelbridge.store.columns import BigId, Instant, Rate
from hotelbridge.store.engines import Purpose, open_engine

SCRAP = Table(
    "scrap",
    MetaData(),
    Column("id", BigId, primary_key=True),
    Column("at", Instant()),
    Column("rate", Rate()),
)


@pytest.fixture
def connection(url: str) -> Iterator[Connection]:
    with open_engine(url, Purpose.WRITE).connect() as connection:
        SCRAP.create(connection)
        yield connection
        connection.rollback()


def test_an_instant_comes_back_in_utc_to_the_microsecond(connection: Connection) -> None:
    given = datetime(2026, 10, 25, 2, 30, 0, 123456, tzinfo=ZoneInfo("Europe/Vienna"), fold=1)
    connection.execute(insert(SCRAP).values(at=given))
    found = connection.execute(select(SCRAP.c.at)).scalar_one()
    assert found == datetime(2026, 10, 25, 1, 30, 0, 123456, tzinfo=UTC)
    assert found.utcoffset() == timedelta(0)
    assert found.tzinfo is UTC


def test_an_instant_without_a_time_zone_is_refused(connection: Connection) -> None:
    with pytest.raises(Exception, match="time zone"):
        connection.execute(insert(SCRAP).values(at=datetime(2026, 11, 24, 6, 30)))
    with pytest.raises(Exception, match="time zone"):
        connection.execute(select(SCRAP).where(SCRAP.c.at < datetime(2026, 11, 24, 6, 30)))


def test_instants_sort_and_compare_whatever_zone_they_were_given_in(connection: Connection) -> None:
    base = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
    east = timezone(timedelta(hours=9))
    given = [base + timedelta(microseconds=n * 300_000) for n in (3, 0, 2, 1)]
    connection.execute(insert(SCRAP), [{"at": at.astimezone(east)} for at in given])
    assert list(connection.execute(select(SCRAP.c.at).order_by(SCRAP.c.at)).scalars()) == sorted(given)
    before = select(func.count()).select_from(SCRAP).where(SCRAP.c.at < given[2].astimezone(east))
    assert connection.execute(before).scalar_one() == 2
    assert connection.execute(select(func.min(SCRAP.c.at))).scalar_one() == base


@pytest.mark.parametrize(
    "text", ["0.20", "0.1", "12345678901234567890.0000001", "0", "-3.50", "0.0000000001"]
)
def test_a_rate_comes_back_digit_for_digit(connection: Connection, text: str) -> None:
    connection.execute(insert(SCRAP).values(rate=Decimal(text)))
    assert str(connection.execute(select(SCRAP.c.rate)).scalar_one()) in (text, str(Decimal(text)))


@pytest.mark.parametrize("wrong", [0.2, "0.20", 1, Decimal("NaN"), Decimal("Infinity")])
def test_a_rate_that_is_no_finite_decimal_is_refused(connection: Connection, wrong: object) -> None:
    with pytest.raises(Exception, match="finite Decimal"):
        connection.execute(insert(SCRAP).values(rate=wrong))


def test_nothing_stays_nothing(connection: Connection) -> None:
    connection.execute(insert(SCRAP).values(at=None, rate=None))
    assert tuple(connection.execute(select(SCRAP.c.at, SCRAP.c.rate)).one()) == (None, None)


def test_a_growing_key_holds_more_than_two_thousand_million(connection: Connection) -> None:
    connection.execute(insert(SCRAP).values(id=2**40))
    assert connection.execute(select(SCRAP.c.id)).scalar_one() == 2**40
