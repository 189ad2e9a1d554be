#!/usr/bin/env python3
"""An SSH server by AsyncSSH with one algorithm of each kind, for logins with a password.

    asyncssh_symmetric.py HOST_KEY USER CIPHER MAC COMPRESSION

Listens on a free loopback port and prints it; the password is in the environment (PASSWORD). It ends
when its standard input does."""
import asyncio
import os
import sys

import asyncssh


class Server(asyncssh.SSHServer):
    def begin_auth(self, username):
        return True

    def password_auth_supported(self):
        return True

    def validate_password(self, username, password):
        return username == sys.argv[2] and password == os.environ["PASSWORD"]


async def main():
    key, _, cipher, mac, compression = sys.argv[1:]
    listening = await asyncssh.listen(
        "127.0.0.1", 0, server_factory=Server, server_host_keys=[key], encryption_algs=[cipher],
        mac_algs=[mac], compression_algs=[compression])
    print(listening.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
