#!/bin/bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# The container's /data, owned by its user, with the certificates RDS is recognised by.
set -euo pipefail
install -d -m 750 -o 10001 -g 10001 /var/lib/soundhub
curl -fsS --retry 5 -o /var/lib/soundhub/rds.pem https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem
chown 10001:10001 /var/lib/soundhub/rds.pem
