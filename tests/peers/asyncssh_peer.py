"""A server by asyncssh for the checks of modes.py; run by a Python that has it.

    asyncssh_peer.py CASE        CASE: prompts, change

Listens on a free loopback port, prints one JSON line with it and the host key's fingerprint, serves
until its input ends, and then prints one with what it was told.
"""
import asyncio
import json
import sys
import warnings

warnings.simplefilter("ignore")  # of the ciphers that it still knows
import asyncssh

# keyboard-interactive: rounds of (name, instructions, prompts, right answers).
ROUNDS = [("First", "Two questions", [("CODE: ", False), ("TOWN: ", True)], ["4711", "Ulm"]),
          ("Second", "Nothing to answer", [], []),
          ("Third", "", [("Password: ", False)], ["secret"])]
told = []


class Prompts(asyncssh.SSHServer):
    def begin_auth(self, username):
        self.round = 0
        return True

    def password_auth_supported(self):
        return False

    def kbdint_auth_supported(self):
        return True

    def challenge(self):
        name, instructions, prompts, _ = ROUNDS[self.round]
        return name, instructions, "", prompts

    def get_kbdint_challenge(self, username, lang, submethods):
        return self.challenge()

    def validate_kbdint_response(self, username, responses):
        told.append(list(responses))
        if list(responses) != ROUNDS[self.round][3]:
            return False
        self.round += 1
        return True if self.round == len(ROUNDS) else self.challenge()


class Change(asyncssh.SSHServer):
    password = "old"

    def begin_auth(self, username):
        return True

    def password_auth_supported(self):
        return True

    def validate_password(self, username, password):
        told.append(password)
        if password == Change.password == "old":
            raise asyncssh.PasswordChangeRequired("Choose another one")
        return password == Change.password

    def change_password(self, username, old_password, new_password):
        told.append([old_password, new_password])
        if old_password != Change.password or new_password == "weak":
            return False
        Change.password = new_password
        return True


async def main():
    key = asyncssh.generate_private_key("ssh-ed25519")
    kind = {"prompts": Prompts, "change": Change}[sys.argv[1]]
    server = await asyncssh.create_server(kind, "127.0.0.1", 0, server_host_keys=[key])
    port = server.sockets[0].getsockname()[1]
    print(json.dumps({"port": port, "fingerprint": key.get_fingerprint()}), flush=True)
    await asyncio.get_event_loop().run_in_executor(None, sys.stdin.read)
    print(json.dumps(told), flush=True)


asyncio.run(main())
