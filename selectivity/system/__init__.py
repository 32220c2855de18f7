"""What one simulation holds: a droplet, a cage or a filter, built without overlaps from a seed.

``spec`` what a system is and the name of its composition; ``topology`` its molecules and what holds
them; ``build`` droplet and cage, ``filter_build`` the filter with its single file and caps;
``placement`` free places and random orientations.
"""
