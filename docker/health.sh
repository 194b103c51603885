#!/bin/bash
# Succeeds when the server of this container answers /health/live with 200. The image has no HTTP client, but bash opens sockets.
# The argument is the port; by default the image's own.
exec 3<>"/dev/tcp/127.0.0.1/${1:-8080}" || exit 1
printf 'GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
read -r -t 4 _ status _ <&3
[ "$status" = 200 ]
