#!/bin/bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Reports the length and age of the queue to CloudWatch once a minute, for alarms and scaling (namespace SoundHub).
set -euo pipefail
cat >/usr/local/sbin/soundhub-queue <<'END'
#!/bin/bash
set -euo pipefail
environment=$(/opt/elasticbeanstalk/bin/get-config container -k environment_name)
address=$(docker inspect --format '{{.NetworkSettings.IPAddress}}' "$(docker ps --quiet | head -n 1)")
metrics=$(curl -fsS --max-time 10 "http://$address:9100/metrics")
waiting=$(awk '/^soundhub_jobs\{/ && /state="(queued|running)"/ { sum += $2 } END { print sum + 0 }' <<<"$metrics")
oldest=$(awk '/^soundhub_jobs_oldest_seconds\{/ && $2 > most { most = $2 } END { print most + 0 }' <<<"$metrics")
aws cloudwatch put-metric-data --namespace SoundHub --metric-data \
  "MetricName=JobsWaiting,Value=$waiting,Dimensions=[{Name=Environment,Value=$environment}]" \
  "MetricName=OldestJobSeconds,Value=$oldest,Unit=Seconds,Dimensions=[{Name=Environment,Value=$environment}]"
END
chmod 755 /usr/local/sbin/soundhub-queue
cat >/etc/systemd/system/soundhub-queue.service <<'END'
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/soundhub-queue
END
cat >/etc/systemd/system/soundhub-queue.timer <<'END'
[Timer]
OnActiveSec=1min
OnUnitActiveSec=1min
[Install]
WantedBy=timers.target
END
systemctl daemon-reload
systemctl enable --now soundhub-queue.timer
