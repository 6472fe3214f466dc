"""A small disk fills up while large mails and short messages share commits; then space is freed."""

import asyncio
import base64
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx2

from evals.faults.load import LoadGenerator
from evals.faults.rows import FaultRow, Outcome
from evals.faults.site import Installation, ServiceProcess

MEGABYTE = 1024 * 1024
#: Free bytes of the disk at first, and bytes of the file in each mail.
FREE = 60 * MEGABYTE
FILE = 6 * MEGABYTE
#: Concurrent senders of mails; half of the mails have no file, and so may still fit.
SENDERS = 4
PASSWORD = "webhook-password"
EMAIL = {
    "ASSISTANT_EMAIL_ADDRESS": "support@shop.example",
    "ASSISTANT_EMAIL_SECRET": "a secret that signs addresses",
    "ASSISTANT_EMAIL_SMTP_URL": "smtp://127.0.0.1:9",
    "ASSISTANT_EMAIL_WEBHOOK_PASSWORD": PASSWORD,
}
BASIC = "Basic " + base64.b64encode(f"postmark:{PASSWORD}".encode()).decode()
ATTACHMENT = base64.b64encode(random.Random(1).randbytes(FILE)).decode()


@dataclass
class MailRecord:
    """Acknowledged mails."""

    acknowledged: list[str] = field(default_factory=list)
    refused: int = 0
    other: int = 0


async def break_by_full_disk(site: Installation, load: LoadGenerator, seconds: float) -> Outcome:
    """Whatever was acknowledged is in the transcripts, and `readyz` reported the full disk."""
    process = site.processes[0]
    process.kill()
    mounted = _move_to_small_disk(site.folder)
    process.settings |= EMAIL
    await asyncio.to_thread(process.start)
    if not mounted:
        _limit_file_size(process, FREE)
    mails, before = MailRecord(), load.refused[500]
    ready = await _send_mails(process, mails, seconds)
    if mounted:
        subprocess.run(["mount", "-o", "remount,size=4g", site.folder], check=True)
    else:
        _limit_file_size(process, None)
    lost = _count_lost(site.folder, mails)
    wrong = mails.other + (load.refused[500] - before) + ready + (not mails.refused) + (not process.is_alive)
    disk = "small disk" if mounted else "limited files"
    remark = f"{disk}: {len(mails.acknowledged)} mails taken, {mails.refused} refused, {lost} lost"
    return wrong + lost, f"{remark}, {load.refused[503]} × 503, readyz silent: {ready}"


def _move_to_small_disk(folder: Path) -> bool:
    """Move the data to a disk of its own; False when mounting is not permitted."""
    aside = folder.with_name(f"{folder.name}-aside")
    folder.rename(aside)
    folder.mkdir()
    used = sum(path.lstat().st_size for path in aside.rglob("*") if not path.is_symlink())
    mount = ["mount", "-t", "tmpfs", "-o", f"size={used + FREE}", "tmpfs", str(folder)]
    mounted = shutil.which("mount") is not None and subprocess.run(mount, capture_output=True).returncode == 0
    shutil.copytree(aside, folder, symlinks=True, dirs_exist_ok=True)
    return mounted


def _limit_file_size(process: ServiceProcess, more: int | None) -> None:
    """Limit the size of files to that of the database plus *more*; None: no limit."""
    size = resource.RLIM_INFINITY
    if more is not None:
        size = Path(process.settings["ASSISTANT_DATA_DIR"], "yorisoi.db").stat().st_size + more
    for pid in process.pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


async def _send_mails(process: ServiceProcess, mails: MailRecord, seconds: float) -> int:
    """Send mails until the disk has been full for a while; returns 1 if `readyz` never reported it."""
    end, silent = time.monotonic() + max(20.0, seconds), 1
    async with httpx2.AsyncClient(timeout=15) as http:

        async def write_mails() -> None:
            while time.monotonic() < end:
                await _send_mail(http, process, mails)

        async def watch_readiness() -> None:
            nonlocal silent
            while time.monotonic() < end:
                if (await http.get(f"{process.url}/readyz")).status_code == 503 and mails.refused:
                    silent = 0
                await asyncio.sleep(0.5)

        await asyncio.gather(watch_readiness(), *(write_mails() for _ in range(SENDERS)))
    return silent


async def _send_mail(http: httpx2.AsyncClient, process: ServiceProcess, mails: MailRecord) -> None:
    name = uuid4().hex
    body: dict[str, object] = {
        "From": f"{name}@customers.example",
        "To": "support@shop.example",
        "Subject": "返品について",
        "MessageID": name,
        "TextBody": f"返品の期限は何日ですか。 {name}",
        "Attachments": [],
    }
    if random.random() < 0.5:
        body["Attachments"] = [{"Name": "a.bin", "ContentType": "image/png", "Content": ATTACHMENT}]
    answer = await http.post(f"{process.url}/v1/channels/email", json=body, headers={"Authorization": BASIC})
    if answer.status_code == 200:
        mails.acknowledged.append(name)
    elif answer.status_code == 503:
        mails.refused += 1
    else:
        mails.other += 1
    await asyncio.sleep(0.02)


def _count_lost(folder: Path, mails: MailRecord) -> int:
    """The number of acknowledged mails that are in no transcript."""
    with closing(sqlite3.connect(f"file:{folder}/yorisoi.db?mode=ro", uri=True)) as look:
        texts = "\n".join(text for (text,) in look.execute("SELECT text FROM messages"))
    return sum(name not in texts for name in mails.acknowledged)


def unmount_disk(folder: Path) -> None:
    """Unmount the small disk, if the folder is one."""
    if os.path.ismount(folder):
        subprocess.run(["umount", "-l", folder], check=False)


ROWS = (FaultRow(id="D1", what="the disk fills while commits are shared", breaks=break_by_full_disk),)
