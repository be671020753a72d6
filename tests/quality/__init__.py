"""Whether what comes out is what a careful platform engineer would ship: judged by real tools."""
