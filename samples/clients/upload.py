"""Uploads a CSV, waits until its images are done and saves the CSV with the output URLs. Python 3.9, no packages.

    SERVICE=http://localhost:3000 API_KEY=... python3 upload.py products.csv out.csv
"""
import json
import os
import sys
import urllib.error
import urllib.request
import uuid

SERVICE = os.environ.get("SERVICE", "http://localhost:3000")
KEY = {"X-Api-Key": os.environ["API_KEY"]} if os.environ.get("API_KEY") else {}


def call(path, body=None, headers=None):
    request = urllib.request.Request(SERVICE + path, body, {**KEY, **(headers or {})})
    try:
        return urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        sys.exit(f"{error.code} {error.read().decode()}")


def multipart(fields, csv):
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = 'Content-Disposition: form-data; name="file"; filename="products.csv"\r\nContent-Type: text/csv'
    parts.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + csv + f"\r\n--{boundary}--\r\n".encode())
    return b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


source, target = sys.argv[1:]
with open(source, "rb") as file:
    body, headers = multipart({"quality": 50}, file.read())
request_id = json.load(call("/api/upload", body, headers))["requestId"]

# The stream lasts until the request is finished.
for line in call(f"/api/events/{request_id}"):
    if line.startswith(b"data: "):
        state = json.loads(line[len(b"data: "):])
        print(state["status"], state["progress"]["percent"], "%", state["progress"]["failed"], "failed")

with open(target, "wb") as file:
    file.write(call(f"/api/output/{request_id}").read())
print("saved", target)
