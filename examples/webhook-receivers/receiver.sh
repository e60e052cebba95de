#!/bin/sh
# A receiver of dbsync's webhooks as a CGI program: for lighttpd, Apache, busybox httpd and other web servers that run
# programs. It needs a POSIX shell and openssl, and puts each delivery into a folder as ID.json, once.
#
#   WEBHOOK_SECRET_FILE  one whsec_... secret a line; several while one replaces another
#   WEBHOOK_SPOOL        the folder
#
# openssl takes the secret as an argument, so other users of this machine may see it for an instant: run this where
# there are none.
set -euf
umask 077

answer() {
  printf 'Status: %s\r\nContent-Type: text/plain\r\n\r\n%s\n' "$1" "$2"
  exit 0
}

id=${HTTP_WEBHOOK_ID:-}
timestamp=${HTTP_WEBHOOK_TIMESTAMP:-}
case $id in '' | *[!A-Za-z0-9_.-]* | .*) answer '400 Bad Request' 'no webhook-id that can be a name of a file' ;; esac
case $timestamp in '' | 0* | *[!0-9]* | ????????????*) answer '401 Unauthorized' 'no webhook-timestamp' ;; esac
age=$(($(date +%s) - timestamp))
if [ "$age" -gt 300 ] || [ "$age" -lt -300 ]; then answer '401 Unauthorized' 'too old, or from the future'; fi

body=$WEBHOOK_SPOOL/.$id.$$
trap 'rm -f "$body"' EXIT
head -c "${CONTENT_LENGTH:-0}" >"$body"

# The signature covers id, time and the bytes of the body as they came: check it before they are parsed.
is_genuine() {
  while read -r secret || [ -n "$secret" ]; do
    key=$(printf '%s' "${secret#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
    right=v1,$({ printf '%s.%s.' "$id" "$timestamp" && cat "$body"; } |
      openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)
    for given in ${HTTP_WEBHOOK_SIGNATURE:-}; do
      if [ "$given" = "$right" ]; then return 0; fi
    done
  done <"$WEBHOOK_SECRET_FILE"
  return 1
}
is_genuine || answer '401 Unauthorized' 'the signature is not right'

# A repetition takes the same name; a name of the file system is there as a whole or not at all.
mv -f "$body" "$WEBHOOK_SPOOL/$id.json" || answer '500 Internal Server Error' 'the delivery could not be kept'
answer '200 OK' 'kept'
