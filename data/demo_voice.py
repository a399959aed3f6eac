"""What the demo company's clients say: who is asked, who answers and what, and who stays silent."""

from __future__ import annotations

from typing import Any

import numpy as np

from data.demo_clients import Clients
from data.demo_people import Array, Columns, Staff, numbered, picked
from data.demo_work import Cases, Work

WINDOW = 91  # days: thirteen weeks
CAUSES = ["late", "rework", "invoice", "hand_overs", "busy", "middle", "good"]
RESPONDENTS = ["decision maker", "influencer", "user"]


def voices(
    rng: np.random.Generator, plan: dict[str, Any], staff: Staff, clients: Clients, work: Work
) -> tuple[Columns, Columns]:
    """One row per answer and one per request, by time: after cases, and the quarterly relationship survey."""
    days = staff.seated.shape[1]
    parts = [_after_cases(rng, plan, clients, work, days), *_relationship(rng, plan, clients, work, days)]
    asked = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    by_sending = np.argsort(asked["sent"], kind="stable")
    invitations = {
        "invitation_id": numbered("V", len(by_sending), 6),
        "client_id": clients.ids[asked["client"]][by_sending],
        "survey": asked["survey"][by_sending],
        "sent_at": asked["sent"][by_sending],
        "channel": asked["channel"][by_sending],
    }
    given = np.flatnonzero(asked["answered"] < days)
    given = given[np.argsort(asked["answered"][given], kind="stable")]
    said = {key: values[given] for key, values in asked.items()}
    comment, language = _comments(rng, plan, clients, said)
    answers = {
        "answer_id": numbered("A", len(given), 6),
        "client_id": clients.ids[said["client"]],
        "survey": said["survey"],
        "instrument": said["instrument"],
        "score": said["score"].astype(int),
        "answered_at": said["answered"],
        "asked_at": said["sent"],
        "channel": said["channel"],
        "stage": said["stage"],
        "case_id": said["case"],
        "order_id": said["order"],
        "respondent_role": said["role"],
        "comment": comment,
        "language": language,
    }
    return answers, invitations


def _after_cases(rng: np.random.Generator, plan: dict[str, Any], clients: Clients, work: Work, days: int) -> Columns:
    """Requests after a part of the closed cases. The score follows [drivers], and nothing else does."""
    cases, survey, stages = work.cases, plan["survey"], plan["company"]["stages"]
    share = np.array([plan["stages"][stage]["asked"] for stage in stages])[cases.stage]
    rows = np.flatnonzero(rng.random(len(share)) < share)
    soonest, latest = survey["ask_days"]
    sent = _by_day(cases.closed[rows] + rng.uniform(soonest, latest, len(rows)), cases.closed[rows])
    fits = (sent < days) & (sent >= 7 * plan["company"]["surveys_from_week"]) & clients.active(cases.client[rows], sent)
    rows, sent = rows[fits], sent[fits]
    n, client = len(rows), cases.client[rows]
    effort = (cases.stage[rows] == stages.index("support")) & (rng.random(n) < plan["support"]["effort_share"])

    talk = (
        survey["response"] / clients.answering[clients.active(np.arange(len(clients.ids)), np.array(days - 1))].mean()
    )
    replies = rng.random(n) < talk * clients.answering[client]
    after = _by_day(sent + rng.exponential(survey["reply_days"], n), sent)
    latent = {name: _latent(rng, plan["drivers"][name], cases, rows, clients) for name in ("csat", "ces")}
    score = np.where(effort, np.clip(np.rint(latent["ces"]), 1, 7), np.clip(np.rint(latent["csat"]), 1, 5))
    channel = picked(rng, survey["channels"], n)
    phoned = rng.random(n) < plan["decoys"]["phone_when_late"] * (cases.days_late[rows] > 0)
    channel[phoned] = "phone"
    names = np.array(stages, dtype=object)[cases.stage[rows]]
    return {
        "client": client,
        "survey": np.where(effort, "support_effort", "after_" + names).astype(object),
        "instrument": np.where(effort, "ces", "csat").astype(object),
        "sent": sent,
        "answered": np.where(replies, after, np.inf),
        "score": score,
        "channel": channel,
        "stage": names,
        "case": cases.ids[rows],
        "order": work.ids[cases.order[rows]],
        "role": picked(rng, survey["roles"], n),
        "cause": _cause(plan, cases, rows, score - 2 * effort),
        "words": np.full(n, None),
    }


def _by_day(moment: Array, after: Array) -> Array:
    """The same day between seven in the morning and eight in the evening, but never before what it answers."""
    return np.maximum(np.floor(moment) + (7 + 13 * (moment % 1)) / 24, after + 0.005)


def _latent(rng: np.random.Generator, effect: dict[str, float], cases: Cases, rows: Array, clients: Clients) -> Array:
    """The score before rounding: a straight line in the planted facts, the client's own level, and noise.

    The clients' own levels cancel out in every region and segment: else luck would give a decoy an effect.
    """
    own = rng.normal(0, effect["client_sd"], len(clients.ids))
    _, group = np.unique((clients.region + clients.segment).astype(str), return_inverse=True)
    own -= (np.bincount(group, weights=own) / np.bincount(group))[group]
    return np.asarray(
        effect["base"]
        + effect["days_late"] * np.minimum(cases.days_late[rows], effect["days_late_cap"])
        + effect["rework"] * cases.rework[rows]
        + effect["hand_overs"] * cases.hand_overs[rows]
        + effect["workload"] * (cases.load[rows] - 1)
        + own[cases.client[rows]]
        + rng.normal(0, effect["noise_sd"], len(rows))
    )


def _cause(plan: dict[str, Any], cases: Cases, rows: Array, score: Array) -> Array:
    """What a comment would be about: the largest thing that went wrong, or how it was on the whole."""
    effect, invoicing = plan["drivers"]["csat"], plan["company"]["stages"].index("invoicing")
    wrong = np.column_stack(
        [
            effect["days_late"] * np.minimum(cases.days_late[rows], effect["days_late_cap"]),
            effect["rework"] * cases.rework[rows],
            effect["rework"] * cases.rework[rows] * (cases.stage[rows] == invoicing) * 1.01,
            effect["hand_overs"] * cases.hand_overs[rows],
            np.minimum(effect["workload"] * (cases.load[rows] - 1), -0.01),
        ]
    )
    return np.where(
        score >= 5, CAUSES.index("good"), np.where(score == 4, CAUSES.index("middle"), wrong.argmin(axis=1))
    )


def _relationship(
    rng: np.random.Generator, plan: dict[str, Any], clients: Clients, work: Work, days: int
) -> list[Columns]:
    """Requests of the relationship survey, window by window back from the end, with the exact counts of [mix]."""
    asked, groups = plan["relationship"], list(plan["clients"]["segments"])
    own = rng.normal(0, asked["client_sd"], len(clients.ids))
    parts = [_told(rng, plan, clients, days)]
    for window in range(days // WINDOW):
        start = days - WINDOW * (window + 1)
        if start + asked["first_request_day"] < 7 * plan["company"]["surveys_from_week"]:
            break
        for group in groups:
            quota = np.array(plan["mix"]["last" if window == 0 else "previous"][group])
            if window > 1:
                quota = rng.multinomial(quota.sum(), quota / quota.sum())
            parts.append(_window(rng, plan, clients, work, own, group, start, quota, parts[0]))
    return parts


def _window(
    rng: np.random.Generator, plan: dict[str, Any], clients: Clients, work: Work, own: Array, group: str, start: int,
    quota: Array, told: Columns,
) -> Columns:  # fmt: skip
    """One segment's requests in one window, answered by exactly as many as the quota says (less those of stories)."""
    asked = plan["relationship"]
    inside = (told["sent"] >= start) & (told["sent"] < start + WINDOW) & (clients.segment[told["client"]] == group)
    scores = told["score"][inside]
    quota = quota - np.array([(scores >= 9).sum(), ((scores >= 7) & (scores < 9)).sum(), (scores < 7).sum()])
    promoters, passives, detractors = (int(part) for part in np.maximum(quota, 0))
    wanted = promoters + passives + detractors
    n = round(wanted / asked["response"])
    last = np.full(len(clients.ids), start + asked["last_request_day"] + 1.0)
    there = (clients.segment == group) & clients.active(np.arange(len(clients.ids)), last)
    there[list(clients.stories)] = False
    members = rng.permutation(np.flatnonzero(there))
    client = np.resize(members, n)
    sent = (
        start + rng.integers(asked["first_request_day"], asked["last_request_day"] + 1, n) + rng.uniform(8, 16, n) / 24
    )

    willing = np.where(clients.answering[client] > 0, clients.answering[client], 1e-12)
    replies = np.argsort(-np.log(1 - rng.random(n)) / willing, kind="stable")[:wanted]
    latent = own[client[replies]] + rng.normal(0, asked["noise_sd"], wanted)
    latent += plan["chain"]["nps_per_point"] * work.experience[client[replies], (sent[replies] // 7).astype(int)]
    ladder = np.sort(np.concatenate([
        rng.choice(7, detractors, p=asked["detractor_weights"]),
        rng.choice([7, 8], passives, p=asked["passive_weights"]),
        rng.choice([9, 10], promoters, p=asked["promoter_weights"]),
    ]))  # fmt: skip
    score = np.zeros(n, dtype=int)
    score[replies[np.argsort(latent, kind="stable")]] = ladder
    answered = np.full(n, np.inf)
    reply = sent[replies] + np.minimum(rng.exponential(plan["survey"]["reply_days"], wanted), 13)
    answered[replies] = _by_day(reply, sent[replies])
    bad = work.experience[client, (sent // 7).astype(int)] < plan["chain"]["usual_experience"] - 0.1
    moan = np.where(bad, CAUSES.index("late"), rng.choice([1, 3, 4], n))
    return _asked(rng, plan, client, sent, answered, score) | {
        "cause": np.where(score >= 9, CAUSES.index("good"), np.where(score >= 7, CAUSES.index("middle"), moan)),
    }


def _told(rng: np.random.Generator, plan: dict[str, Any], clients: Clients, days: int) -> Columns:
    """The relationship answers of the stories, as written in demo.toml."""
    lines = [(who, line) for who, story in clients.stories.items() for line in story["answers"]]
    client = np.array([who for who, _ in lines])
    sent = np.array([days - 1 - 7 * line["weeks_ago"] + 9.5 / 24 for _, line in lines])
    score = np.array([line["score"] for _, line in lines])
    told = _asked(rng, plan, client, sent, sent + 0.25, score)
    told["words"] = np.array([f"{line['language']}:{line['comment']}" for _, line in lines], dtype=object)
    told["role"] = np.full(len(lines), "decision maker", dtype=object)
    return told


def _asked(
    rng: np.random.Generator, plan: dict[str, Any], client: Array, sent: Array, answered: Array, score: Array
) -> Columns:
    n = len(client)
    nothing = np.full(n, None)
    return {
        "client": client,
        "survey": np.full(n, "relationship", dtype=object),
        "instrument": np.full(n, "nps", dtype=object),
        "sent": sent,
        "answered": answered,
        "score": score,
        "channel": picked(rng, plan["survey"]["channels"], n),
        "stage": nothing,
        "case": nothing,
        "order": nothing,
        "role": picked(rng, plan["survey"]["roles"], n),
        "cause": np.zeros(n, dtype=int),
        "words": nothing,
    }


def _comments(rng: np.random.Generator, plan: dict[str, Any], clients: Clients, said: Columns) -> tuple[Array, Array]:
    """What a part of them wrote, in the client's language; the rest is empty."""
    shares, n = plan["survey"]["comment_share"], len(said["client"])
    share = np.where(
        said["cause"] == CAUSES.index("good"),
        shares["high"],
        np.where(said["cause"] == CAUSES.index("middle"), shares["middle"], shares["low"]),
    )
    writes = rng.random(n) < share
    language = np.where(clients.russian[said["client"]], "ru", "en").astype(object)
    draw = rng.random(n)
    comment = np.full(n, None)
    for number, cause in enumerate(CAUSES):
        for tongue in ("en", "ru"):
            rows = writes & (said["cause"] == number) & (language == tongue)
            words = np.array(plan["comments"][cause][tongue], dtype=object)
            comment[rows] = words[(draw[rows] * len(words)).astype(int)]
    for row in np.flatnonzero(said["words"] != None):  # noqa: E711  (elementwise: an array of words and Nones)
        language[row], comment[row] = said["words"][row].split(":", 1)
    language[comment == None] = None  # noqa: E711
    return comment, language


def contacts(rng: np.random.Generator, plan: dict[str, Any], staff: Staff, clients: Clients, work: Work) -> Columns:
    """One row per call, mail or meeting outside surveys: the account manager's round, and calls after trouble."""
    asked, days, cases = plan["contacts"], staff.seated.shape[1], work.cases
    weekly = np.array([plan["clients"]["segments"][group]["contacts"] for group in clients.segment])
    client = np.repeat(np.arange(len(weekly)), rng.poisson(weekly * days / 7))
    at = np.floor(rng.random(len(client)) * days) + rng.uniform(8, 17, len(client)) / 24
    channel = picked(rng, asked["channels"], len(client))
    direction = np.where(rng.random(len(client)) < asked["inbound"], "in", "out").astype(object)

    trouble = np.flatnonzero(
        ((cases.days_late > 0) | cases.rework) & (rng.random(len(cases.ids)) < asked["after_trouble"])
    )
    called = np.floor(cases.closed[trouble]) + rng.uniform(8, 17, len(trouble)) / 24 + rng.integers(0, 3, len(trouble))
    met, met_at = [], []
    for who, story in clients.stories.items():
        for start, end, often in story.get("meetings", []):
            visits = np.arange(days - 7 * start, days - 7 * end, 7 / often)
            met += [who] * len(visits)
            met_at += list(np.floor(visits) + 10 / 24)
    client = np.concatenate([client, cases.client[trouble], np.array(met, dtype=int)])
    at = np.concatenate([at, called, np.array(met_at)])
    channel = np.concatenate([channel, np.full(len(trouble), "call", object), np.full(len(met), "meeting", object)])
    direction = np.concatenate([direction, np.full(len(trouble), "in", object), np.full(len(met), "out", object)])
    held = np.flatnonzero((at < days) & clients.active(client, np.floor(at)))
    held = held[np.argsort(at[held], kind="stable")]
    who = staff.seated[clients.manager_seat[client[held]], np.floor(at[held]).astype(int)]
    return {
        "contact_id": numbered("T", len(held), 6),
        "client_id": clients.ids[client[held]],
        "employee_id": staff.ids[who],
        "at": at[held],
        "channel": channel[held],
        "direction": direction[held],
    }
