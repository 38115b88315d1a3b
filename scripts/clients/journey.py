"""What a program does with the client that openapi-python-client made: each step is a test (python-client.mjs)."""

import io
import os
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.request import urlopen
from uuid import UUID

from generated import AuthenticatedClient, models
from generated.api.operation import health, ready
from generated.api.outputs import archive, image
from generated.api.requests import cancel, errors, list_, output, preview, remove, rename, retry, status, upload
from generated.api.webhooks import deliveries, redeliver
from generated.types import File
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

URL = os.environ["URL"]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SECONDS = 60
client = AuthenticatedClient(base_url=URL, token=os.environ["KEY"])
csv = urlopen(f"{URL}/samples/products.csv").read()
received = []
arrived = threading.Event()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        received.append((dict(self.headers.items()), body))
        self.send_response(204)
        self.end_headers()
        arrived.set()

    def log_message(self, *_):
        pass


receiver = HTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=receiver.serve_forever, daemon=True).start()
HOOK = f"http://127.0.0.1:{receiver.server_port}/hook"


def the_file():
    return File(payload=io.BytesIO(csv), file_name="products.csv", mime_type="text/csv")


def accepted(response):
    assert response.status_code == 202, response.content
    return response.parsed.request_id


def finished(request_id):
    until = time.monotonic() + SECONDS
    while True:
        seen = status.sync(request_id, client=client)
        assert isinstance(seen, models.StatusAnswer), seen
        if seen.finished_at is not None:
            return seen
        assert time.monotonic() < until, seen.status
        time.sleep(0.2)


def upload_with_defaults():
    request_id = accepted(upload.sync_detailed(client=client, body=models.UploadFilesBody(file=the_file())))
    assert isinstance(request_id, UUID)
    seen = finished(request_id)
    assert seen.status == models.StatusAnswerStatus.COMPLETED, seen
    assert (seen.options.quality, seen.options.format_) == (50, models.StatusAnswerOptionsFormat.JPEG)
    assert seen.options.mozjpeg is False and seen.options.progressive is False
    return request_id


def upload_with_every_kind_of_field():
    body = models.UploadFilesBody(
        file=the_file(),
        name="Spring catalogue",
        webhook_url=HOOK,
        webhook_secret=SECRET,
        quality=40,
        mozjpeg=True,
        progressive=True,
        max_width=200,
        image_columns=["Input Image Urls"],
        output=models.UploadFilesBodyOutputType0.REPLACE,
        bom=True,
    )
    seen = finished(accepted(upload.sync_detailed(client=client, body=body)))
    assert seen.status == models.StatusAnswerStatus.COMPLETED, seen
    assert seen.options.mozjpeg is True and seen.options.max_width == 200
    return seen.request_id


def upload_with_outputs_next_to_defaults():
    body = models.UploadFilesBody(file=the_file(), outputs="webp:40:100,jpeg:40:100")
    seen = finished(accepted(upload.sync_detailed(client=client, body=body)))
    assert len(seen.products[0].images[0].outputs) == 2


def upload_the_file_itself():
    seen = finished(accepted(upload.sync_detailed(client=client, body=the_file(), max_width=100, mozjpeg=False)))
    assert seen.options.max_width == 100


def upload_a_link():
    body = models.UploadJsonBody(file_url=f"{URL}/samples/products.csv", max_width=100)
    assert finished(accepted(upload.sync_detailed(client=client, body=body))).options.max_width == 100


def fetch_output(request_id):
    table = output.sync(request_id, client=client)
    assert "Output Image Urls" in table.splitlines()[0], table[:200]
    assert "/processed_images/" in table
    assert "Error Code" in errors.sync(request_id, client=client)
    assert output.sync_detailed(request_id, client=client, bom=True).content.startswith(b"\xef\xbb\xbf")


def fetch_files(request_id):
    assert archive.sync(request_id, client=client).payload.read(2) == b"PK"
    name = status.sync(request_id, client=client).products[0].images[0].output_url.rsplit("/", 1)[1]
    assert image.sync(name, client=client).payload.read(2) == b"\xff\xd8"


def verify_webhook(request_id):
    assert arrived.wait(SECONDS)
    headers, body = received[0]
    verified = Webhook(SECRET).verify(body, headers)
    event = models.CompletionEvent.from_dict(verified)
    assert event.data.request_id == request_id and event.data.name == "Spring catalogue"
    try:
        Webhook(SECRET).verify(body.replace(b"completed", b"cancelled"), headers)
    except WebhookVerificationError:
        return
    raise AssertionError("a changed body was taken for genuine")


def look_at_deliveries(request_id):
    for _ in range(100):  # the receiver has the webhook a moment before its delivery is recorded
        (delivery,) = deliveries.sync(request_id, client=client).deliveries
        if not delivery.sending:
            break
        time.sleep(0.1)
    assert delivery.last_status == 204, delivery
    assert redeliver.sync(request_id, client=client).webhook_id == delivery.id


def list_and_rename(request_id):
    assert rename.sync(request_id, client=client, body=models.RenameBody(name="Summer")).name == "Summer"
    found = list_.sync(client=client, q="summer", status="completed").requests
    assert [one.request_id for one in found] == [request_id]


def refusals(request_id):
    assert cancel.sync(request_id, client=client).code == models.ProblemCode.ALREADY_FINISHED
    assert retry.sync(request_id, client=client).code == models.ProblemCode.NOTHING_TO_RETRY
    assert status.sync(UUID(int=4 << 76), client=client).code == models.ProblemCode.REQUEST_NOT_FOUND
    stranger = AuthenticatedClient(base_url=URL, token="unknown")
    assert status.sync(request_id, client=stranger).code == models.ProblemCode.UNAUTHORIZED
    bad = upload.sync(client=client, body=models.UploadFilesBody(file=File(io.BytesIO(b"A,B\n1,2\n"), "a.csv")))
    assert bad.code == models.ProblemCode.CSV_INVALID and bad.errors[0].message


def preview_a_file():
    assert preview.sync(client=client, body=models.PreviewFilesBody(file=the_file())).to_dict()["file"]["rows"] > 0


def probes():
    assert health.sync(client=client).status == "ok"
    assert ready.sync(client=client).status == models.ReadyAnswerStatus.READY


def delete(request_id):
    accepted(remove.sync_detailed(request_id, client=client))
    assert status.sync(request_id, client=client).code == models.ProblemCode.REQUEST_NOT_FOUND


passed = failed = 0


def step(test, *arguments):
    global passed, failed
    try:
        result = test(*arguments)
        passed += 1
        print(f"ok      {test.__name__}")
        return result
    except Exception:
        failed += 1
        print(f"FAILED  {test.__name__}\n{traceback.format_exc()}")


plain = step(upload_with_defaults)
full = step(upload_with_every_kind_of_field)
step(upload_with_outputs_next_to_defaults)
step(upload_the_file_itself)
step(upload_a_link)
step(fetch_output, plain)
step(fetch_files, plain)
step(verify_webhook, full)
step(look_at_deliveries, full)
step(list_and_rename, plain)
step(refusals, plain)
step(preview_a_file)
step(probes)
step(delete, plain)
receiver.shutdown()
print(f"\n{passed} passed, {failed} failed")
raise SystemExit(1 if failed else 0)
