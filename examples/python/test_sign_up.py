"""Tests of a client against users-emulator: users-emulator exec --seed -- python3 -m unittest"""

import json
import os
import unittest
import urllib.error
import urllib.request

EMULATOR = os.environ["USERS_EMULATOR_URL"]


def send(method, path, body=None, headers=()):
    """Sends a request. Returns its status and its JSON."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(path, data, {"Content-Type": "application/json", **dict(headers)}, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            text = answer.read().decode().strip()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def sign_up(api, login, password):
    """The code under test."""
    headers = {"CB-AuthKey": "29WfrNWdvkhmX6V"}
    return send("POST", f"{api}/users", {"user": {"login": login, "password": password}}, headers)


class SignUp(unittest.TestCase):
    def setUp(self):
        # a sandbox of its own for each test
        self.api = f"{EMULATOR}/sandbox/{self._testMethodName}"

    def tearDown(self):
        send("DELETE", f"{EMULATOR}/_emulator/sandboxes/{self._testMethodName}")

    def test_a_login_can_be_taken_once(self):
        status, body = sign_up(self.api, "mia", "secret123")
        self.assertEqual((status, body["user"]["login"]), (201, "mia"))
        status, body = sign_up(self.api, "mia", "secret123")
        self.assertEqual((status, body), (422, {"errors": {"base": ["login must be unique"]}}))

    def test_each_test_begins_with_the_seed(self):
        _, body = send("GET", f"{self.api}/_emulator/users")
        self.assertEqual(body["total"], 3)

    def test_the_client_sees_an_outage(self):
        send("POST", f"{self.api}/_emulator/faults", {"match": {"operation": "users.create"}, "status": 503})
        status, _ = sign_up(self.api, "mia", "secret123")
        self.assertEqual(status, 503)


if __name__ == "__main__":
    unittest.main()
