"""An SSH server by asyncssh for the one connection that is standard input; run by the Python that
Debian's python3-asyncssh belongs to.

    asyncssh_server.py HOST_KEY AUTHORIZED_KEYS KEX_METHOD [GSS_HOST]

With GSS_HOST, Kerberos by the keytab of the environment.
"""
import asyncio
import socket
import sys

import asyncssh


async def pass_on(reader, writer):
    while octets := await reader.read(65536):
        writer.write(octets)
        await writer.drain()
    writer.close()


async def main(host_key, authorized_keys, method, gss_host=None):
    server = await asyncssh.listen("127.0.0.1", 0, server_host_keys=[host_key],
                                   authorized_client_keys=authorized_keys, kex_algs=[method],
                                   gss_host=gss_host)
    outer = await asyncio.open_connection(sock=socket.socket(fileno=0))
    inner = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
    await asyncio.gather(pass_on(outer[0], inner[1]), pass_on(inner[0], outer[1]),
                         return_exceptions=True)
    server.close()


asyncio.run(main(*sys.argv[1:]))
