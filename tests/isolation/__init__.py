"""Who can reach whom, judged on manifests as built."""
