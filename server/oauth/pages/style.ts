/** All of it, in every page: a phone's width first, in sunlight, 48 px to touch, the system's fonts for Devanagari. */
export const STYLE = `
*{box-sizing:border-box}
html{font:18px/1.5 system-ui,"Noto Sans","Noto Sans Devanagari",sans-serif;color:#16202a;background:#f2f4f3;-webkit-text-size-adjust:100%}
body{margin:0;min-height:100vh}
header{display:flex;justify-content:space-between;align-items:center;gap:1rem;max-width:30rem;margin:0 auto;padding:.25rem 1rem}
.mark{font-weight:700;color:#0b5d4b}
header a{display:inline-flex;align-items:center;min-height:48px;padding:0 .75rem;color:#0b5d4b}
main{background:#fff;max-width:30rem;margin:0 auto;padding:1.25rem 1rem 2rem}
h1{font-size:1.45rem;line-height:1.3;margin:0 0 .75rem;overflow-wrap:anywhere}
h2{font-size:1.05rem;margin:1.5rem 0 .5rem}
p{margin:0 0 1rem;overflow-wrap:anywhere}
label{display:block;font-weight:600;margin:1rem 0 .25rem}
input[type=text],input[type=password],input[type=tel]{width:100%;min-height:52px;padding:.5rem .75rem;font:inherit;color:inherit;background:#fff;border:2px solid #66727c;border-radius:.5rem}
input.code{font-size:1.5rem;letter-spacing:.3em}
.hint{display:block;color:#4a5661;font-size:.9rem;margin:.25rem 0}
.fault{color:#9c1c14;font-weight:600;margin:.25rem 0}
div.fault{border-left:5px solid #9c1c14;background:#fdf0ef;padding:.75rem;margin:0 0 1rem}
input[aria-invalid=true]{border-color:#9c1c14}
button{display:block;width:100%;min-height:52px;margin:1.25rem 0 0;padding:.6rem 1rem;font:inherit;font-weight:600;text-align:left;color:#fff;background:#0b5d4b;border:2px solid #0b5d4b;border-radius:.5rem;cursor:pointer;overflow-wrap:anywhere}
button.main{text-align:center}
button.plain{color:#0b5d4b;background:#fff;text-align:center}
button.quiet{color:#0b5d4b;background:none;border-color:transparent;text-align:center;text-decoration:underline}
ul.choose{list-style:none;margin:0;padding:0}
ul.choose button{margin-top:.6rem;color:#16202a;background:#fff;border-color:#66727c}
ul.choose small{display:block;font-weight:400;font-size:.9rem;color:#4a5661}
:focus-visible{outline:3px solid #f5a300;outline-offset:2px}
.tick{display:flex;gap:.75rem;align-items:flex-start;min-height:48px;padding:.6rem 0;margin:0;font-weight:400;border-bottom:1px solid #d5dbd8}
.tick input{flex:none;width:26px;height:26px;margin:0;accent-color:#0b5d4b}
div.done{border-left:5px solid #0b5d4b;background:#eaf4f0;padding:.75rem;margin:0 0 1rem;overflow-wrap:anywhere}
svg.qr{display:block;width:100%;max-width:15rem;margin:0 auto 1rem}
a.open{display:inline-flex;align-items:center;min-height:48px;color:#0b5d4b;font-weight:600}
code.secret{display:block;font-size:1.15rem;letter-spacing:.05em;margin:.25rem 0;overflow-wrap:anywhere}
ol.outbox{list-style:none;margin:0;padding:0}
ol.outbox li{border-bottom:1px solid #d5dbd8;padding:.75rem 0;overflow-wrap:anywhere}
@media (min-width:40rem){main{margin-top:2rem;padding:2rem;border-radius:.75rem;box-shadow:0 1px 6px #0002}header{padding-top:1rem}}
@media (forced-colors:active){button{border-color:ButtonText}}
`
