"""The command line. Rooms are imported inside the commands, so that help answers at once."""

from __future__ import annotations

from gongmu.cli import bots, bus, house, laws, message, practice, relief
from gongmu.cli.korean import Commands

app = Commands(
    name="gongmu",
    help="공무: 시청 업무 자동화. 버스 이용 분석, 취득세 감면 안내, 직원 챗봇을 끝까지 합니다.",
)
app.add_typer(bus.app, name="bus", help="버스 이용 분석: 내려받기, 분석, 채점")
app.add_typer(
    relief.app, name="relief", help="취득세 감면 안내: 모으기, 판단, 결재, 발송, 지켜보기"
)
app.add_typer(bots.app, name="bots", help="창구(챗봇): 묻기, 배우기, 찾기, 평가")
app.add_typer(laws.app, name="laws", help="법령과 자치법규: 읽기, 받기, 조문 보기")
app.add_typer(message.app, name="message", help="문자: 바이트, 중계사, 발송 현황과 멈춤")
app.add_typer(practice.app, name="practice", help="연습 도시: 자료 만들기, 바깥 누리집 흉내")
app.add_typer(house.secrets, name="secrets", help="로봇이 쓰는 아이디와 비밀번호(쓰기만 됨)")
app.add_typer(house.people, name="people", help="포털을 쓰는 사람")
app.add_typer(house.runs, name="runs", help="실행 현황과 사람을 기다리는 일")
app.command("demo", help="연습 도시에서 하루 일을 끝까지 하고 포털을 엽니다.")(practice.demo)
app.command("serve", help="포털을 열고 정해진 시각에 하루 일을 합니다.")(house.serve)
app.command("check", help="이 설치가 일할 수 있는지 스스로 살핍니다.")(house.check)
