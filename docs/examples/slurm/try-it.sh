#!/bin/sh
# Runs sweep.sbatch as a job array under Slurm on this machine and compares with the sweep in one process.
#
# As root, on Debian: apt-get install --no-install-recommends slurmctld slurmd slurm-client munge
#   SIMULATE=/path/to/simulate ./try-it.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
export SIMULATE="${SIMULATE:-$(command -v simulate)}" SLURM_CONF="$folder/slurm.conf"
sed "s|HOST|$(hostname -s)|g; s|FOLDER|$folder|; s|CORES|$(nproc)|" \
  "$here/slurm.conf" > "$SLURM_CONF"
mkdir -p "$folder/state" "$folder/spool" "$folder/work" /run/munge
# Munge wants a key and a socket of its own.
[ -e /etc/munge/munge.key ] || mungekey --create
chown munge: /run/munge /etc/munge/munge.key
pgrep -x munged > /dev/null || { runuser -u munge -- munged & sleep 1; }
slurmctld -D > /dev/null 2>&1 & controller=$!
slurmd -D -N "$(hostname -s)" > /dev/null 2>&1 & node=$!
trap 'kill $node $controller' EXIT
for attempt in $(seq 60); do
  sinfo --noheader --format %T 2> /dev/null | grep -q idle && break
  sleep 1
done
sinfo
cd "$folder/work"
sbatch --wait --array=1-4 --output=task-%a.log "$here/sweep.sbatch"
cat rows-*.csv > rows.csv
env -u SLURM_CONF "$SIMULATE" sweep bert-base-uncased --over 'accelerator=nvidia-*' --over batch=1,2,4,8,16,32 \
  --over host.single_thread_speed=0.25..4:log33 --output whole.csv
wc -l rows-*.csv
cmp rows.csv whole.csv && echo "the parts are the whole: $(wc -l < whole.csv) lines"
