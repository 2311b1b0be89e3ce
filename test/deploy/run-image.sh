#!/bin/sh
# What an engine does with an image, with the means of Linux: run in namespaces of its own (mounts, processes), as
# root. The libraries of this machine stand in for those of the base image, below a layer that is thrown away.
# Arguments: the folder with `root` and the layer, the commands of RUN, the folder that is a volume, the user, and
# what is started, as that user, with a root that is read-only.
set -eu
folder=$1 run=$2 volume=$3 user=$4
shift 4
root=$folder/root
mount --bind "$root" "$root"
mount -t overlay layer -o "lowerdir=/usr,upperdir=$folder/upper,workdir=$folder/work" "$root/usr"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/tmp"
chroot "$root" sh -ec "$run"
# The volume begins as the image has it.
mount --bind "$root$volume" "$root$volume"
mount -o remount,bind,ro "$root"
mount -o remount,ro "$root/usr"
exec chroot "$root" setpriv --reuid "${user%:*}" --regid "${user#*:}" --clear-groups --no-new-privs \
  --bounding-set=-all --inh-caps=-all sh -c 'cd "$0" && exec "$@"' "$volume" "$@"
