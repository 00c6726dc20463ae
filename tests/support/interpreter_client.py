# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What starts in place of Python: has a server run the program, and ends as it does; see interpreter.py.

It is started for every module of every play, so it imports as little as it can.
"""

import _signal
import _socket
import marshal
import os
import sys

_SIGKILL = 9


def main():
    """Send what is to be run, with the standard streams; wait for its end."""
    address, python, *args = sys.argv[1:]
    umask = os.umask(0)
    os.umask(umask)
    order = marshal.dumps((args, os.getcwd(), umask, dict(os.environ)))
    streams = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
    connection = _socket.socket(_socket.AF_UNIX)
    if os.stat(address).st_uid != os.geteuid():
        # Another user than the one who runs the tests.
        os.execv(python, [python, *args])
    connection.connect(address)
    connection.sendmsg([len(order).to_bytes(4, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
    connection.sendall(order)
    answer = connection.recv(64)
    if answer == b"unable":
        os.execv(python, [python, *args])
    if not answer:
        sys.exit("the server behind the stand-in for Python has ended, see tests/support/interpreter.py")
    code = int(answer)
    if code < 0:
        if -code != _SIGKILL:
            _signal.signal(-code, _signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    sys.exit(code)


main()
