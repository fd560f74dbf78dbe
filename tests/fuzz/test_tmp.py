import os
import time
from collections import Counter
from random import Random

from dsl.backends.python import Params
from dsl.formula import compile_formula
from tests.fuzz.executors import *
from tests.fuzz.generate import Generator
from tests.fuzz.world import SCOPE, make_row


def test_it(worlds, people, capsys):
    T=Counter()
    def timed(name, f, *a):
        t=time.process_time(); w=time.perf_counter(); r=f(*a); T[name]+=time.process_time()-t; T[name+' wall']+=time.perf_counter()-w; return r
    random=Random(int(os.environ.get('SEED','1'))); g=Generator(random)
    cells=0; bad=[]; seen=set()
    end=time.time()+float(os.environ.get('SECS','20'))
    while time.time()<end:
        texts=timed('gen', lambda:[g.formula() for _ in range(60)])
        fs=timed('compile', lambda:tuple(f for f in (compile_formula(t,SCOPE).formula for t in texts) if f))
        rows=timed('rows', lambda:tuple(make_row(random,people) for _ in range(100)))
        params=Params(today=20514,now=1772413200000000,period_start=20486,period_end=20492)
        sheet=Sheet(fs,rows,people,params)
        answers={n:timed(n,f,sheet) for n,f in PYTHON.items()}
        for w in worlds: answers[w.name]=timed(w.name,w.answers,sheet)
        ref=answers['python row']
        for name,a in answers.items():
            for f,x,y in zip(fs,ref,a,strict=True):
                for row,p,q in zip(sheet.flat(),x,y,strict=True):
                    if p!=q or type(p) is not type(q):
                        if (f.source,name) not in seen:
                            seen.add((f.source,name))
                            bad.append((name,f.source,p,q,{k:row.get(k) for k in f.needs.paths},{k:row.get(k) for k in f.needs.rows}))
        cells+=len(fs)*len(rows)
    with capsys.disabled():
        print('cells',cells,'bad',len(bad))
        for k,v in T.items(): print(f'  {k}: {v:.2f}')
        bad.sort(key=lambda b:len(b[1]))
        for b in bad[:25]: print(b)
        for w in worlds:
            for r in sorted(w.raised,key=lambda r:len(r[0]))[:12]: print(w.name,len(w.raised),r)
