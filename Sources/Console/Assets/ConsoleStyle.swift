/// The look of all pages: system fonts and colors for light and dark, all with a contrast of at least 4.5 to 1.
enum ConsoleStyle {
    static let text = """
        :root{color-scheme:light dark;--back:#f6f7f9;--card:#fff;--ink:#1b2430;--soft:#566171;--line:#dde2e8;\
        --link:#0b5cad;--good:#11693d;--good-back:#e0f4e8;--bad:#a61b1b;--bad-back:#fde8e8;--busy:#0b5394;\
        --busy-back:#e3effb;--quiet-back:#eceff3;--bpmn-fill:var(--card)}
        @media (prefers-color-scheme:dark){:root{--back:#12161c;--card:#1b2129;--ink:#e7ebf0;--soft:#a3afbd;\
        --line:#323b47;--link:#84bdff;--good:#7ddba5;--good-back:#173626;--bad:#ff9d9d;--bad-back:#45191b;\
        --busy:#93c5ff;--busy-back:#172f4a;--quiet-back:#2a323d;--bpmn-token:#ff922b}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
        a{color:var(--link)}
        :focus-visible{outline:3px solid var(--link);outline-offset:2px}
        .skip{position:absolute;left:-999px}.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.3rem}
        header{background:var(--card);border-bottom:1px solid var(--line)}
        .bar,main,footer{max-width:90rem;margin:0 auto;padding:.8rem 1.2rem}
        .bar{display:flex;flex-wrap:wrap;gap:.4rem 1.4rem;align-items:center}
        .brand{font-weight:700;font-size:1.15rem;text-decoration:none;color:var(--ink)}
        nav{display:flex;gap:1rem}nav a[aria-current]{color:var(--ink);font-weight:600;text-decoration:none}
        .live{margin-left:auto;color:var(--soft);font-size:.85rem}
        .live[data-state=on]::before{content:"● ";color:var(--good)}
        .live[data-state=off]::before{content:"○ ";color:var(--bad)}
        main:focus{outline:none}
        h1{font-size:1.5rem;margin:.6rem 0;overflow-wrap:anywhere}h2{font-size:1.1rem;margin:0 0 .6rem}
        section,figure{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem 1.2rem;\
        margin:0 0 1rem}
        footer,.soft{color:var(--soft);font-size:.9rem;font-weight:400}
        figcaption{font-weight:700;font-size:1.1rem;margin-bottom:.6rem}
        .steps{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem 1.4rem;margin:0 0 .8rem;padding:0}
        .badge{display:inline-block;min-width:2rem;padding:0 .5rem;border-radius:1rem;text-align:center;\
        background:#1864ab;color:#fff;font-weight:700;font-size:.85rem;font-variant-numeric:tabular-nums}
        .diagram{overflow-x:auto}.diagram svg{display:block;width:100%;min-width:68rem;height:auto}
        .diagram .bpmn{max-width:none}
        .grid{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));\
        align-items:start}
        .counts{display:grid;gap:.6rem;grid-template-columns:repeat(auto-fit,minmax(7rem,1fr));margin:0}
        .counts div{background:var(--back);border-radius:.5rem;padding:.5rem .8rem}
        dt{color:var(--soft);font-size:.9rem}dd{margin:0}.counts dd{font-size:1.5rem;font-weight:650;\
        font-variant-numeric:tabular-nums}
        .facts{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.2rem;margin:0}
        .facts dd{overflow-wrap:anywhere}
        .counts .calm dd,.counts .bad dd{font-size:1.1rem}.counts .calm dd{color:var(--good)}
        .counts div.bad{background:var(--bad-back)}.counts .bad dt,.counts .bad a{color:inherit}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;width:100%}
        section>p{margin:0 0 .6rem}section>p:last-child{margin:0}
        th,td{text-align:left;padding:.4rem .7rem .4rem 0;border-bottom:1px solid var(--line);vertical-align:top}
        th{font-size:.85rem;color:var(--soft);font-weight:600}tbody th{font-size:1rem;color:inherit}
        tbody tr:last-child>*{border-bottom:0}tbody tr.first>*{border-top:2px solid var(--line)}\
        tbody tr:first-child>*{border-top:0}
        th+.n,td+.n,.n+td,.n+th{padding-left:.7rem}.text{overflow-wrap:anywhere}
        .zero{color:var(--soft)}.gone{color:var(--bad);font-weight:700}
        .n{text-align:right;font-variant-numeric:tabular-nums}
        time,.mono{font-variant-numeric:tabular-nums;white-space:nowrap}
        .pill{display:inline-block;border-radius:1rem;padding:.05rem .65rem;font-size:.85rem;white-space:nowrap}
        .good{color:var(--good);background:var(--good-back)}.bad{color:var(--bad);background:var(--bad-back)}
        .busy{color:var(--busy);background:var(--busy-back)}.quiet{color:var(--ink);background:var(--quiet-back)}
        .verdict{border-radius:.6rem;padding:.6rem 1.2rem;margin:0 0 1rem;font-weight:600}
        ol.story{list-style:none;margin:0;padding:0}
        ol.story li{border-left:3px solid var(--line);padding:.1rem 0 .7rem 1rem}
        ol.story li.orders{border-color:#4a8fdc}ol.story li.warehouse{border-color:#c98a1b}
        ol.story li.shipping{border-color:#2f9e62}
        .big{font-size:1.3rem;margin:.4rem 0}
        .progress{list-style:none;display:flex;margin:1rem 0;padding:0;gap:.3rem}
        .progress li{flex:1;border-top:.35rem solid var(--line);padding-top:.4rem;font-size:.9rem;color:var(--soft)}
        .progress .done{border-color:var(--good);color:var(--ink)}.progress [aria-current]{font-weight:700}
        .row{display:flex;flex-wrap:wrap;gap:.5rem;margin:0 0 .6rem}.row input{flex:1;min-width:12rem}
        input,select,button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);\
        border-radius:.4rem;padding:.35rem .7rem}button{cursor:pointer}
        .search{display:grid;gap:1rem;grid-template-columns:minmax(0,1fr) minmax(0,18rem);align-items:start}
        .facet h3{font-size:.9rem;margin:.6rem 0 .2rem;color:var(--soft)}.facet ul{list-style:none;margin:0;padding:0}
        .facet li{display:flex;gap:.5rem;justify-content:space-between}.facet form{margin-left:auto}
        .facet button{font-size:.8rem;padding:0 .4rem}mark{background:var(--bad-back);color:var(--bad)}
        @media (max-width:60rem){.search{grid-template-columns:minmax(0,1fr)}}
        @media (max-width:40rem){.roomy{display:none}.bar,main,footer{padding:.7rem .7rem}\
        section,figure{padding:.8rem .8rem}.counts{grid-template-columns:repeat(3,1fr)}\
        .counts div{padding:.4rem .5rem}.counts dd{font-size:1.2rem}.facts{gap:.25rem .8rem}\
        .diagram svg{min-width:54rem}table,tbody th{font-size:.9rem}.pill{font-size:.8rem;padding:.05rem .5rem}}
        @media print{header nav,.live,.skip{display:none}}
        """
}
