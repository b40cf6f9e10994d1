"""A Ray cluster of so many nodes on this machine's loopback, each with one core and a small object store.

Prints the address of its head once all stand. A line on standard input has the last node killed; the end of standard
input ends them all. A program of its own, so that a driver meets the cluster as it would meet one elsewhere.
"""

import os
import sys
import tempfile
from pathlib import Path

# Switched off, Ray still reports that it is off, and asks which cloud it runs in unless a file at home says so.
os.environ |= {
    "HOME": tempfile.mkdtemp(prefix="ray-home-"),
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_USAGE_STATS_REPORT_URL": "http://127.0.0.1:9/",  # nobody
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # the loopback alone
    "RAY_worker_niceness": "0",
    "RAY_health_check_period_ms": "500",  # a killed node is missed within seconds
    "RAY_health_check_failure_threshold": "3",
}

from ray.cluster_utils import Cluster

(Path(os.environ["HOME"]) / "ray_bootstrap_config.yaml").write_text("provider: {type: local}\n")

STORE = 80 * 2**20  # bytes; the least that Ray takes is 75 MB


def main() -> None:
    """Start the nodes, kill on demand, and end."""
    cluster = Cluster()
    nodes = [
        cluster.add_node(num_cpus=1, object_store_memory=STORE, node_ip_address="127.0.0.1", include_dashboard=False)
        for _ in range(int(sys.argv[1]))
    ]
    sys.stdout.write(f"{cluster.address}\n")
    sys.stdout.flush()
    for _ in sys.stdin:
        cluster.remove_node(nodes.pop(), allow_graceful=False)
        sys.stdout.write("killed\n")
        sys.stdout.flush()
    cluster.shutdown()


if __name__ == "__main__":
    main()
