# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The style of the sheets: one A4 page each on paper, one column on a phone. Nothing is loaded from elsewhere."""

from __future__ import annotations

import typing as t

STYLE: t.Final = """
@page{size:A4;margin:0}
*{box-sizing:border-box}
html{color-scheme:light;-webkit-text-size-adjust:100%}
body{margin:0;background:#e9edf0;color:#1a1f24;font:11pt/1.4 system-ui,"Segoe UI",Roboto,Arial,sans-serif}
.page{background:#fff;max-width:210mm;margin:0 auto 8mm;padding:6mm 5vw;overflow-wrap:anywhere}
.top{display:flex;align-items:center;gap:5mm;min-height:12mm;color:#4a545e}
.logo{width:50mm;max-width:50%;height:12mm;flex:none}
h1{font-size:22pt;line-height:1.15;margin:4mm 0 1mm}
h1.long{font-size:12pt}
h2{font-size:13pt;margin:0 0 2mm;color:#2f5d50}
.lead{margin:0 0 5mm}
.how{display:flex;flex-wrap:wrap;gap:6mm;align-items:flex-start}
.steps{flex:1 1 72mm;list-style:none;margin:0;padding:0;counter-reset:step}
.steps li{counter-increment:step;position:relative;margin:0 0 3mm;padding-left:9mm}
.steps li::before{content:counter(step);position:absolute;left:0;top:.5mm;width:6mm;height:6mm;
border:.4mm solid #2f5d50;border-radius:50%;text-align:center;
font-weight:bold;font-size:9pt;line-height:5mm;color:#2f5d50}
.steps b{display:block}
.code{flex:none;max-width:100%;margin:0 auto;line-height:0}
.code svg{width:100%;height:auto;shape-rendering:crispEdges}
.button{display:block;margin:4mm 0;padding:4mm 3mm;border-radius:2mm;background:#2f5d50;color:#fff;text-align:center;
font-weight:bold;text-decoration:none}
.box{margin:5mm 0 0;padding:4mm 5mm;border:.5mm solid #2f5d50;border-radius:2mm;break-inside:avoid}
dl{margin:0}
dt{color:#4a545e;font-size:10pt}
dd{margin:0 0 3mm}
dd:last-child{margin:0}
.typed{font:17pt/1.35 "DejaVu Sans Mono","SF Mono",Menlo,Consolas,"Cascadia Mono","Roboto Mono",monospace;
font-variant-numeric:slashed-zero;font-variant-ligatures:none;white-space:pre-wrap;-webkit-user-select:all;user-select:all}
.typed.long{font-size:9pt}
.typed i{font-style:normal;unicode-bidi:isolate}
.group{margin-right:.45em}
.space{box-shadow:inset 0 -.12em #9aa5af}
.odd::before{content:attr(title);font-size:.55em;border:.2mm solid;border-radius:1mm;padding:0 .1em}
.legend{margin:3mm 0 0;font-size:9pt;color:#4a545e}
.legend b{font-family:"DejaVu Sans Mono","SF Mono",Menlo,Consolas,monospace;color:#1a1f24;white-space:pre}
.legend span{display:inline-block;margin-right:4mm}
.link{margin:3mm 0 0;font-size:7.5pt;color:#4a545e}
.link a{color:inherit}
.safe{margin:4mm 0 0;font-weight:bold}
.dense,.dense .lead,.dense dt{font-size:8.5pt;line-height:1.25}
.dense h1{font-size:9pt;margin-top:1mm}
.dense h2{font-size:11pt}
.dense .typed.long{font-size:8pt;line-height:1.25}
.dense .top{min-height:0}
.dense .lead,.dense .steps li{margin-bottom:1.5mm}
.dense .box{margin-top:2mm;padding:2mm 5mm}
@media print{
body{background:none}
.page{width:210mm;max-width:none;min-height:296mm;margin:0;padding:16mm 18mm 12mm;break-after:page}
.dense.page{padding:9mm 18mm 8mm}
.page:last-of-type{break-after:auto}
.button{display:none}
}
"""
