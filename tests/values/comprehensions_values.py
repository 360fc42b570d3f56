"""What pyperformance's comprehensions computes."""
# skip: gc-stress
from _program import digest, load
bm = load("comprehensions")
widgets = bm.make_some_widgets()
for owner in range(4):
    tray = bm.WidgetTray(owner, widgets)
    print(owner, [w.widget_id for w in tray.sorted_widgets], digest(tray.sorted_widgets))
