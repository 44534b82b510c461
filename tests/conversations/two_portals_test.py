"""Two portals over one log: passcodes and tries are counted together, and a revoke holds for both."""

import concurrent.futures
import sys
import unittest

from pipeline import GMAIL, REVOKED, Forms, Pipeline, Reader, sample_mail


class TwoPortalsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pipeline = Pipeline("--portals", "2")

    @classmethod
    def tearDownClass(cls):
        cls.pipeline.stop()

    def reader(self, address, subject, portal=0):
        code, lines = self.pipeline.submit(sample_mail(subject, [address]), [address])
        self.assertEqual(code, 250, lines)
        link = self.pipeline.link(address, subject)
        return Reader(self.pipeline, address, link, portal=self.pipeline.endpoints["portals"][portal])

    def test_a_hundred_parallel_tries_open_nothing_after_five(self):
        reader = self.reader("guess@gmail.com", "Guess my code")
        page, (action, fields) = reader.ask_for_passcode()
        code = reader.passcode(page)
        wrong = f"{(int(code) + 1) % 10**8:08}"

        def attempt(number):
            guesser = Reader(self.pipeline, reader.address, reader.link,
                             portal=self.pipeline.endpoints["portals"][number % 2])
            # Five wrong ones are somewhere among the first; the right one comes again and again after them.
            answer = guesser.request("POST", action, {**fields, "code": wrong if number < 50 else code})
            return answer.status

        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            first = list(pool.map(attempt, range(50)))
            then = list(pool.map(attempt, range(50, 100)))
        self.assertNotIn(303, first)
        self.assertNotIn(303, then, "the right code opened after five tries")
        tried = self.pipeline.events("--type", "sealpost.passcode.tried")
        self.assertGreaterEqual(len(tried), 5)

    def test_the_right_code_opens_when_tried_in_time(self):
        """The control of the test above: the same requests open a session when nobody guessed before."""
        reader = self.reader("honest@gmail.com", "Honest reader")
        page, (action, fields) = reader.ask_for_passcode()
        code = reader.passcode(page)

        def attempt(number):
            guesser = Reader(self.pipeline, reader.address, reader.link,
                             portal=self.pipeline.endpoints["portals"][number % 2])
            return guesser.request("POST", action, {**fields, "code": code}).status

        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            statuses = list(pool.map(attempt, range(100)))
        self.assertEqual(statuses.count(303), 1, "a code opens once")

    def test_ten_passcodes_leave_however_many_are_asked_for_on_both(self):
        reader = self.reader("asking@gmail.com", "Many codes")
        action = next(action for action, _ in Forms(reader.read().text).forms if "passcode" in action)

        def ask(number):
            asking = Reader(self.pipeline, reader.address, reader.link,
                            portal=self.pipeline.endpoints["portals"][number % 2])
            return asking.request("POST", action, {}).status

        with concurrent.futures.ThreadPoolExecutor(60) as pool:
            statuses = list(pool.map(ask, range(60)))
        self.assertEqual(statuses.count(303), 10, statuses)
        self.assertEqual(statuses.count(429), 50, statuses)
        submitted = [event for event in self.pipeline.events("--type", "sealpost.mail.submitted")
                     if event["event"]["data"]["recipients"] == [reader.address]]
        self.assertEqual(len(submitted), 10)

    def test_a_read_on_either_portal_after_in_force_is_refused(self):
        readers = [self.reader(GMAIL, "On both", portal=0)]
        link = readers[0].link
        readers[0].sign_in()
        readers.append(Reader(self.pipeline, GMAIL, link, portal=self.pipeline.endpoints["portals"][1]))
        readers[1].cookie = readers[0].cookie
        for reader in readers:
            self.assertEqual(reader.read().status, 200)
        message = self.pipeline.admin("GET", f"/v1/messages?recipient={GMAIL}").json()["messages"][0]
        answer = self.pipeline.revoke(message["network_message_id"])
        self.assertEqual(answer.status, 200, answer.text)
        for reader in readers:
            page = reader.read()
            self.assertEqual(page.status, 410)
            self.assertIn(REVOKED, page.text)


if __name__ == "__main__":
    sys.exit(unittest.main())
