import sys

from . import main

try:
    main()
except Exception as e:
    print("Error: %s" % e, file=sys.stderr)
    sys.exit(1)
